import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { openDirectStore } from "@sluice/backend-directio";

/** Runs `work` in a temporary folder that takes direct I/O; fails with the reasons if there is none. */
export async function inDirectFolder(work) {
  const folder = await mkdtemp(join(await findBase(), "sluice-bench-"));
  try {
    return await work(folder, (options) => openDirectStore(folder, { durability: "none", ...options }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The temporary folder is often in memory. */
async function findBase() {
  const refusals = [];
  for (const folder of [tmpdir(), "/var/tmp", homedir()]) {
    try {
      await openDirectStore(folder);
      return folder;
    } catch (error) {
      refusals.push(error);
    }
  }
  throw new AggregateError(refusals, refusals.map(({ message }) => message).join("; "));
}
