import type { BigIntStats, Dirent, Stats } from "node:fs";
import { ObjectStoreError } from "../errors.js";

/** Refuses with InvalidArgument to take the place of a device, pipe or socket, which a rename would replace for everybody. */
export function refuseSpecialFile(path: string, stats: Stats): void {
  if (fileTypeProblem(stats) === undefined) return;
  throw new ObjectStoreError("InvalidArgument", `${path} is a device, pipe or socket, and can't be an object`);
}

/** Why something that is neither a file nor a folder nor a link can't be an object, such as `is a pipe`. */
export function fileTypeProblem(found: Dirent | Stats | BigIntStats): string | undefined {
  if (found.isFile() || found.isDirectory() || found.isSymbolicLink()) return undefined;
  if (found.isFIFO()) return "is a pipe";
  return found.isSocket() ? "is a socket" : "is a device";
}
