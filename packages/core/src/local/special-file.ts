import type { BigIntStats, Dirent, Stats } from "node:fs";
import { lstat, readlink, realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ObjectStoreError } from "../errors.js";

/** Refuses with InvalidArgument to take the place of a device, pipe or socket, which a rename would replace for everybody. */
export function refuseSpecialFile(path: string, stats: Stats): void {
  if (fileTypeProblem(stats) === undefined) return;
  throw new ObjectStoreError("InvalidArgument", `${path} is a device, pipe or socket, and can't be an object`);
}

/**
 * Refuses with InvalidArgument to write under a name that is a device, pipe or socket, or a link to one, or to an open descriptor
 * (`/dev/stdout`): a rename would replace it for everybody, and the bytes would go elsewhere than what the name says.
 */
export async function refuseSpecialTarget(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  refuseSpecialFile(path, found);
  if (!found.isSymbolicLink()) return;
  const target = await stat(path).catch(() => undefined);
  if (target !== undefined) refuseSpecialFile(path, target);
  if (!(await leadsToDescriptor(path))) return;
  throw new ObjectStoreError(
    "InvalidArgument",
    `${path} is a link to an open descriptor, and can't be an object: name the file itself`,
  );
}

/** As many links as Linux follows in one path (path_resolution(7)). */
const MAX_LINKS = 40;

/** Whether a link leads through a process's folder of descriptors (proc(5)): a link there is a file that is open, whatever its text. */
async function leadsToDescriptor(link: string): Promise<boolean> {
  try {
    let path = link;
    for (let links = 0; links < MAX_LINKS; links++) {
      const folder = await realpath(dirname(path));
      if (/^\/proc\/\d+\//.test(folder)) return true;
      path = resolve(folder, await readlink(path));
    }
  } catch {
    // Here the links end, in a file or in nothing.
  }
  return false;
}

/** Why something that is neither a file nor a folder nor a link can't be an object, such as `is a pipe`. */
export function fileTypeProblem(found: Dirent | Stats | BigIntStats): string | undefined {
  if (found.isFile() || found.isDirectory() || found.isSymbolicLink()) return undefined;
  if (found.isFIFO()) return "is a pipe";
  return found.isSocket() ? "is a socket" : "is a device";
}
