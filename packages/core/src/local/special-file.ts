import type { Stats } from "node:fs";
import { ObjectStoreError } from "../errors.js";

/** Refuses with InvalidArgument to take the place of a device, pipe or socket, which a rename would replace for everybody. */
export function refuseSpecialFile(path: string, stats: Stats): void {
  if (stats.isFile() || stats.isDirectory() || stats.isSymbolicLink()) return;
  throw new ObjectStoreError("InvalidArgument", `${path} is a device, pipe or socket, and can't be an object`);
}
