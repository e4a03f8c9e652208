import type { BigIntStats } from "node:fs";
import { changedFile } from "@sluice/core/local";

/**
 * Rejects with PreconditionFailed where an open file may have been written to between two looks, also if its time was set
 * back. A file whose links alone changed, as when another one took its name, is what it was.
 */
export function checkUnchanged(before: BigIntStats, after: BigIntStats): void {
  const isSame = after.size === before.size && after.mtimeNs === before.mtimeNs;
  const isUntouched = after.ctimeNs === before.ctimeNs || after.nlink !== before.nlink;
  if (!isSame || !isUntouched) throw changedFile();
}
