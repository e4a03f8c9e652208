import { constants } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { type FolderFacts, probeFolder } from "../src/probe/probe-folder.js";

/** Where a file system that takes direct I/O may be found: the temporary folder is often in memory. */
const CANDIDATES: readonly string[] = [tmpdir(), "/var/tmp", process.cwd(), homedir()];

interface Found {
  readonly folder: string;
  readonly facts: Extract<FolderFacts, { readonly alignmentBytes: number }>;
}

/** The first folder that takes direct I/O, and its alignment; undefined, and said so, where there is none. */
export const found: Found | undefined = await findFolder();

/** For `test.skip` names: why tests that need direct I/O are not run. */
export const NO_DISK = `no folder that takes direct I/O among ${CANDIDATES.join(", ")}`;

/** A new folder on a file system that takes direct I/O. */
export async function makeFolder(): Promise<string> {
  if (found === undefined) throw new Error(NO_DISK);
  return mkdtemp(join(found.folder, "sluice-direct-"));
}

async function findFolder(): Promise<Found | undefined> {
  for (const folder of CANDIDATES) {
    const facts = await probeFolder(folder, constants.O_DIRECT).catch((error: unknown) => ({
      directIo: "none" as const,
      reason: `${error}`,
    }));
    if (facts.directIo === "proven") return { folder, facts };
    console.log(`${folder} is not tested: ${"reason" in facts ? facts.reason : "it can't be written to"}`);
  }
  return undefined;
}
