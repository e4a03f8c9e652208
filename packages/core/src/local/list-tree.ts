import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { forEachConcurrently } from "../concurrency.js";
import type { DriverEntry, DriverListOptions, DriverObject, DriverPage } from "../driver.js";
import { compareKeys } from "../key.js";
import { groupByDelimiter, isAfter, toPages } from "../list-pages.js";
import { throwIfAborted } from "../signal.js";
import { fromNodeError, nativeCode } from "./errors.js";
import { isLocalFolder, RESERVED_PREFIX } from "./local-key.js";
import type { LocalRoot } from "./local-root.js";
import { describeFile } from "./version.js";

/** Files of a page whose facts are asked for at once. */
const STATS_IN_FLIGHT = 16;

/** A file whose facts are not known yet, or a folder summed up. */
type Found = { readonly key: string } | { readonly prefix: string };

/**
 * Pages of what lies below a root, in the order of keys. Only folders that can hold what is asked for are read. Links to
 * files are listed, links to folders are not followed. A folder's names are in memory while it is read.
 */
export async function* listTree(root: LocalRoot, options: DriverListOptions): AsyncGenerator<DriverPage, void, void> {
  const { prefix, delimiter, pageSize } = options;
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  if (folder !== "" && !isLocalFolder(folder.slice(0, -1))) return;
  const isNative = delimiter === "/" || delimiter === undefined;
  const found = walk(root, folder, isNative ? options : withoutDelimiter(options));
  const pages = toPages(found as AsyncIterable<DriverEntry>, pageSize);
  if (isNative) {
    for await (const { entries } of pages) yield { entries: await withFacts(root, entries, options.signal) };
    return;
  }
  yield* toPages(groupByDelimiter(flatObjects(root, pages, options.signal), options), pageSize);
}

async function* walk(root: LocalRoot, folder: string, options: DriverListOptions): AsyncGenerator<Found, void, void> {
  const { prefix, delimiter, startAfter, signal } = options;
  throwIfAborted(signal, "list");
  for (const entry of await sortedEntries(join(root.path, folder))) {
    const name = folder + entry.name;
    if (!entry.isDirectory()) {
      if (name.startsWith(prefix) && isAfter(name, startAfter)) yield { key: name };
      continue;
    }
    const below = `${name}/`;
    const mayMatch = below.startsWith(prefix) || prefix.startsWith(below);
    const isPast = !isAfter(below, startAfter) && startAfter?.startsWith(below) !== true;
    if (!mayMatch || isPast) continue;
    if (delimiter === undefined || !below.startsWith(prefix) || below === prefix) yield* walk(root, below, options);
    else if (isAfter(below, startAfter) && (await holdsObject(root, below, signal))) yield { prefix: below };
  }
}

/** Whether there is any object below a folder: an empty folder is no prefix. */
async function holdsObject(root: LocalRoot, folder: string, signal: AbortSignal | undefined): Promise<boolean> {
  const all = walk(root, folder, { prefix: folder, pageSize: 1, ...(signal !== undefined && { signal }) });
  for await (const _ of all) return true;
  return false;
}

/** What is in a folder, without temporary files, in the order of the keys below it: `a-` comes before `a/`. */
async function sortedEntries(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (nativeCode(error) === "ENOENT" || nativeCode(error) === "ENOTDIR") return [];
    throw fromNodeError(error);
  });
  const sortKey = (entry: Dirent) => (entry.isDirectory() ? `${entry.name}/` : entry.name);
  return entries
    .filter(
      (entry) =>
        !entry.name.startsWith(RESERVED_PREFIX) && (entry.isFile() || entry.isDirectory() || entry.isSymbolicLink()),
    )
    .sort((first, second) => compareKeys(sortKey(first), sortKey(second)));
}

/** Adds the facts about files; those deleted meanwhile, and links that lead to no file in the root, are left out. */
async function withFacts(
  root: LocalRoot,
  found: readonly Found[],
  signal: AbortSignal | undefined,
): Promise<DriverEntry[]> {
  const entries: (DriverEntry | undefined)[] = [];
  await forEachConcurrently(found, STATS_IN_FLIGHT, async (entry, index) => {
    throwIfAborted(signal, "list");
    entries[index] = "prefix" in entry ? entry : await factsOf(root, entry.key);
  });
  return entries.filter((entry) => entry !== undefined);
}

async function factsOf(root: LocalRoot, key: string): Promise<DriverObject | undefined> {
  try {
    const stats = await stat(await root.realFile(key), { bigint: true });
    return stats.isFile() ? describeFile(key, stats) : undefined;
  } catch (error) {
    const { code } = fromNodeError(error);
    if (code === "NotFound" || code === "InvalidArgument") return undefined;
    throw fromNodeError(error);
  }
}

async function* flatObjects(
  root: LocalRoot,
  pages: AsyncIterable<DriverPage>,
  signal: AbortSignal | undefined,
): AsyncGenerator<DriverObject, void, void> {
  for await (const { entries } of pages) {
    for (const entry of await withFacts(root, entries, signal)) if ("key" in entry) yield entry;
  }
}

function withoutDelimiter({ prefix, pageSize, signal }: DriverListOptions): DriverListOptions {
  return { prefix, pageSize, ...(signal !== undefined && { signal }) };
}
