import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { diskFolder, NO_DISK, temporaryBase } from "./disk-folder.js";

const CHILD = fileURLToPath(new URL("children/put-direct.mjs", import.meta.url));

const problem = (() => {
  if (diskFolder === undefined) return NO_DISK;
  try {
    execFileSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "may not mount file systems here";
  }
})();

const OVERLAY =
  'mkdir "$1/lower" "$1/upper" "$1/work" "$1/merged"; mount -t overlay overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" "$1/merged"';
const refused = { code: "Unsupported", left: [] };
const buffered = { store: "buffered", object: "buffered", bytes: 1_500_000 };
const direct = { store: "direct", object: "direct", bytes: 1_500_000 };

describe.skipIf(problem !== undefined)(`mounted file systems${problem === undefined ? "" : ` [${problem}]`}`, () => {
  let base: string;

  beforeEach(async () => {
    base = await mkdtemp(join(temporaryBase, "sluice-mounts-"));
  });

  afterEach(async () => {
    await rm(base, { recursive: true, force: true });
  });

  /** Mounts in a name space of its own, then puts `key` into the folder below the base. */
  async function putAfter(mount: string, folder: string, key = "object"): Promise<unknown> {
    const script = `${mount}; exec "$2" "$3" "$1/$4" "$5"`;
    const args = ["-rm", "sh", "-ec", script, "sh", base, process.execPath, CHILD, folder, key];
    return JSON.parse((await promisify(execFile)("unshare", args)).stdout);
  }

  test("tmpfs is refused by its type", async () => {
    expect(await putAfter('mount -t tmpfs tmpfs "$1"', ".")).toEqual({ required: refused, preferred: buffered });
  });

  test("an overlay over tmpfs, which takes any O_DIRECT, is refused because it reads from no device", async ({
    skip,
  }) => {
    const result = putAfter(`mount -t tmpfs tmpfs "$1"; ${OVERLAY}`, "merged");
    await result.catch((error: unknown) => skip(`no overlay here: ${String(error)}`));
    expect(await result).toEqual({ required: refused, preferred: buffered });
  });

  test("an overlay over a disk is direct", async ({ skip }) => {
    const result = putAfter(OVERLAY, "merged");
    await result.catch((error: unknown) => skip(`no overlay here: ${String(error)}`));
    expect(await result).toEqual({ required: direct, preferred: direct });
  });

  test("tmpfs mounted below a store's base is found out when an object is put there", async () => {
    expect(await putAfter('mkdir "$1/memory"; mount -t tmpfs tmpfs "$1/memory"', ".", "memory/deep/object")).toEqual({
      required: { code: "Unsupported", left: ["memory"] },
      preferred: { ...buffered, store: "direct" },
    });
  });
});
