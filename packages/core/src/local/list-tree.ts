import { forEachConcurrently } from "../concurrency.js";
import type { DriverEntry, DriverListOptions, DriverObject, DriverPage } from "../driver.js";
import { ObjectStoreError } from "../errors.js";
import { groupByDelimiter, toPages } from "../list-pages.js";
import { throwIfAborted } from "../signal.js";
import type { Unlistable } from "../store.js";
import { factsOf } from "./file-facts.js";
import { isLocalFolder } from "./local-key.js";
import type { LocalRoot } from "./local-root.js";
import { type Found, walk } from "./walk.js";

/** Files of a page whose facts are asked for at once. */
const STATS_IN_FLIGHT = 16;

/**
 * Pages of what lies below a root, in the order of keys. Only folders that can hold what is asked for are read. Links to
 * files are listed, links to folders are not followed. What can't be an object is told as such. A folder's names are in memory
 * while it is read. Unavailable if the root is another folder at the end than at the beginning.
 */
export async function* listTree(root: LocalRoot, options: DriverListOptions): AsyncGenerator<DriverPage, void, void> {
  const { prefix, delimiter } = options;
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  if (folder !== "" && !isLocalFolder(folder.slice(0, -1))) return;
  const before = await root.identity();
  if (before === undefined || (folder !== "" && !(await root.holds(folder)))) return;
  const isNative = delimiter === "/" || delimiter === undefined;
  const found = walk(root, folder, isNative ? options : withoutDelimiter(options));
  const pages = withFacts(root, found, options);
  yield* isNative ? pages : grouped(pages, options);
  if ((await root.identity()) === before) return;
  throw new ObjectStoreError("Unavailable", `${root.path} was replaced by another folder while it was listed`);
}

/** Adds the facts about files; those removed meanwhile are left out. */
async function* withFacts(
  root: LocalRoot,
  found: AsyncIterable<Found>,
  { pageSize, signal }: DriverListOptions,
): AsyncGenerator<DriverPage, void, void> {
  let page: Found[] = [];
  for await (const one of found) {
    if (page.push(one) < pageSize) continue;
    yield* pageOf(root, page, signal);
    page = [];
  }
  yield* pageOf(root, page, signal);
}

async function* pageOf(
  root: LocalRoot,
  found: readonly Found[],
  signal: AbortSignal | undefined,
): AsyncGenerator<DriverPage, void, void> {
  const results: (DriverEntry | Unlistable | undefined)[] = [];
  await forEachConcurrently(found, STATS_IN_FLIGHT, async (one, index) => {
    throwIfAborted(signal, "list");
    results[index] = "key" in one ? await factsOf(root, one.key) : one;
  });
  const entries: DriverEntry[] = [];
  const unlistable: Unlistable[] = [];
  for (const result of results) {
    if (result === undefined) continue;
    if ("reason" in result) unlistable.push(result);
    else entries.push(result);
  }
  if (entries.length + unlistable.length > 0) yield { entries, unlistable };
}

/** Pages of the same, summed up by a delimiter that is no folder's border. */
async function* grouped(
  pages: AsyncIterable<DriverPage>,
  options: DriverListOptions,
): AsyncGenerator<DriverPage, void, void> {
  let aside: Unlistable[] = [];
  async function* objects(): AsyncGenerator<DriverObject, void, void> {
    for await (const { entries, unlistable = [] } of pages) {
      aside.push(...unlistable);
      for (const entry of entries) if ("key" in entry) yield entry;
    }
  }
  for await (const { entries } of toPages(groupByDelimiter(objects(), options), options.pageSize)) {
    yield { entries, unlistable: aside };
    aside = [];
  }
  if (aside.length > 0) yield { entries: [], unlistable: aside };
}

function withoutDelimiter({ prefix, pageSize, signal }: DriverListOptions): DriverListOptions {
  return { prefix, pageSize, ...(signal !== undefined && { signal }) };
}
