import { lstat, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DriverObject } from "../driver.js";
import { isObjectStoreError } from "../errors.js";
import type { Unlistable } from "../store.js";
import { fromNodeError, isMissing, nativeCode } from "./errors.js";
import type { LocalRoot } from "./local-root.js";
import { fileTypeProblem } from "./special-file.js";
import { describeFile } from "./version.js";

/** What a listing tells of a key: the object, or why there can't be one; undefined if it was removed meanwhile. */
export async function factsOf(root: LocalRoot, key: string): Promise<DriverObject | Unlistable | undefined> {
  try {
    const path = join(root.path, key);
    const stats = await lstat(path, { bigint: true });
    if (stats.isSymbolicLink()) return await factsOfLink(root, key);
    if (stats.isFile()) return describeFile(key, stats);
    const reason = fileTypeProblem(stats);
    return reason === undefined ? undefined : { name: key, reason };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fromNodeError(error);
  }
}

async function factsOfLink(root: LocalRoot, key: string): Promise<DriverObject | Unlistable | undefined> {
  try {
    const stats = await stat(await root.realFile(key), { bigint: true });
    if (stats.isFile()) return describeFile(key, stats);
    if (stats.isDirectory()) return { name: key, reason: "is a link to a folder, and listings do not follow such" };
    return { name: key, reason: `is a link, and what it leads to ${fileTypeProblem(stats)}` };
  } catch (error) {
    const reason = linkProblem(error);
    if (reason === undefined) throw error;
    // A link that was removed meanwhile is none that leads nowhere.
    await lstat(join(root.path, key));
    return { name: key, reason };
  }
}

function linkProblem(error: unknown): string | undefined {
  if (isMissing(error)) return "is a link that leads nowhere";
  if (isObjectStoreError(error, "InvalidArgument")) return "is a link that leads out of the store's folder";
  if (nativeCode(error) === "ELOOP") return "is a link that leads in a circle";
  return nativeCode(error) === "EACCES" ? "is a link to what this user may not see" : undefined;
}
