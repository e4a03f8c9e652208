import { join } from "node:path";
import type { DriverListOptions } from "../driver.js";
import { ObjectStoreError } from "../errors.js";
import { isAfter } from "../list-pages.js";
import { throwIfAborted } from "../signal.js";
import type { Unlistable } from "../store.js";
import { fromNodeError, isMissing, nativeCode } from "./errors.js";
import { factsOf } from "./file-facts.js";
import { type FolderEntry, readFolder } from "./folder-entries.js";
import type { LocalRoot } from "./local-root.js";
import { escapeRawName } from "./raw-name.js";

/** How often a folder is read that its own folder has and that can't be found. */
const FOLDER_ATTEMPTS = 10;

/** A file or link whose facts are not known yet, a folder summed up, or what can't be an object. */
export type Found = { readonly key: string; readonly isLink: boolean } | { readonly prefix: string } | Unlistable;

type WalkOptions = Omit<DriverListOptions, "pageSize">;

/** What lies below a folder, in the order of keys. Only folders that can hold what is asked for are read. */
export async function* walk(root: LocalRoot, folder: string, options: WalkOptions): AsyncGenerator<Found, void, void> {
  const { prefix, delimiter, startAfter, signal } = options;
  throwIfAborted(signal, "list");
  for (const entry of await readPresent(root, folder)) {
    const name = folder + entry.name;
    if (entry.problem !== undefined) {
      if (isWanted(folder, entry, options)) yield unlistable(folder, entry, entry.problem);
      continue;
    }
    if (!entry.isFolder) {
      if (name.startsWith(prefix) && isAfter(name, startAfter)) yield { key: name, isLink: entry.isLink };
      continue;
    }
    const below = `${name}/`;
    const mayMatch = below.startsWith(prefix) || prefix.startsWith(below);
    const isPast = !isAfter(below, startAfter) && startAfter?.startsWith(below) !== true;
    if (!mayMatch || isPast) continue;
    if (delimiter === undefined || !below.startsWith(prefix) || below === prefix) yield* walk(root, below, options);
    else if (isAfter(below, startAfter)) yield* summedUp(root, below, signal);
  }
}

/** A folder as a prefix, if any object is below it; else what is there and can't be one. An empty folder is nothing. */
async function* summedUp(
  root: LocalRoot,
  folder: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Found, void, void> {
  const others: Unlistable[] = [];
  for await (const found of walk(root, folder, { prefix: folder, ...(signal !== undefined && { signal }) })) {
    const facts = "key" in found && found.isLink ? await factsOf(root, found.key) : found;
    if (facts === undefined) continue;
    if ("reason" in facts) others.push(facts);
    else return yield { prefix: folder };
  }
  yield* others;
}

/** Reads a folder; one that can't be found is empty if its own folder does not have it any more. */
async function readPresent(root: LocalRoot, folder: string): Promise<FolderEntry[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readFolder(join(root.path, folder), folder);
    } catch (error) {
      if (!isMissing(error)) throw fromNodeError(error);
      const isFile = folder === "" && nativeCode(error) === "ENOTDIR";
      if (isFile || (await isGone(root, folder))) return [];
      if (attempt < FOLDER_ATTEMPTS) continue;
      const message = `${join(root.path, folder)} is in its folder's listing, and can't be found`;
      throw new ObjectStoreError("Unavailable", message, { cause: error });
    }
  }
}

async function isGone(root: LocalRoot, folder: string): Promise<boolean> {
  if (folder === "") return (await root.identity()) === undefined;
  const above = folder.slice(0, folder.lastIndexOf("/", folder.length - 2) + 1);
  const entries = await readPresent(root, above);
  return !entries.some(({ name, isFolder }) => isFolder && folder === `${above}${name}/`);
}

function isWanted(folder: string, { name, raw }: FolderEntry, { prefix, startAfter }: WalkOptions): boolean {
  if (!(folder + name).startsWith(prefix)) return false;
  if (raw === undefined || startAfter === undefined) return isAfter(folder + name, startAfter);
  return Buffer.compare(Buffer.concat([Buffer.from(folder), raw]), Buffer.from(startAfter)) > 0;
}

function unlistable(folder: string, { name, raw, isFolder }: FolderEntry, reason: string): Unlistable {
  const shown = raw === undefined ? name : escapeRawName(raw);
  return { name: folder + shown + (isFolder ? "/" : ""), reason };
}
