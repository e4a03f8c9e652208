// @ts-check
// A server's packages, or the program that is built from its sources, fetched once for all working copies, below $SLUICE_TEST_CACHE or ~/.cache/sluice/servers.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));

/** @typedef {"ceph" | "swift" | "versitygw" | "seaweedfs"} UnpackedName */

/**
 * The folder that `get-<name>.sh` unpacked or built into. Whoever changes the script gets a new folder. Two runs may fetch at the same
 * time: each unpacks into a folder of its own, the first to finish gives it the name, and the other one's is removed.
 * @param {UnpackedName} name
 * @returns {Promise<string>}
 */
export async function unpackedServer(name) {
  const cache =
    process.env["SLUICE_TEST_CACHE"] ||
    join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sluice", "servers");
  const script = join(here, `get-${name}.sh`);
  const hash = createHash("sha256");
  for (const path of [script, join(here, "debian.sh")]) hash.update(await readFile(path));
  const folder = join(cache, `${name}-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(folder)) return join(folder, "root");

  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(join(cache, `.${name}-`));
  try {
    await promisify(execFile)("bash", [script, unfinished]);
    await rename(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw new Error(`fetching ${name}: ${reasonOf(error)}`, { cause: error });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return join(folder, "root");
}

/** @param {unknown} error */
function reasonOf(error) {
  const { stderr, message } = /** @type {{ stderr?: string, message: string }} */ (error);
  return stderr?.trim().split("\n").slice(-3).join("; ") || message;
}
