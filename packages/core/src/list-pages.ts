import type { DriverEntry, DriverListOptions, DriverObject, DriverPage } from "./driver.js";
import { compareKeys } from "./key.js";

/** Cuts entries, which come in order, into pages; the source is asked for no more than a page needs. */
export async function* toPages(
  entries: AsyncIterable<DriverEntry> | Iterable<DriverEntry>,
  pageSize: number,
): AsyncGenerator<DriverPage, void, void> {
  let page: DriverEntry[] = [];
  for await (const entry of entries) {
    page.push(entry);
    if (page.length === pageSize) {
      yield { entries: page };
      page = [];
    }
  }
  if (page.length > 0) yield { entries: page };
}

/**
 * Sums up objects, which come in order, by what is in their keys between the prefix and the delimiter. For stores that
 * cannot do it themselves.
 */
export async function* groupByDelimiter(
  objects: AsyncIterable<DriverObject>,
  { prefix, delimiter, startAfter }: Pick<DriverListOptions, "prefix" | "delimiter" | "startAfter">,
): AsyncGenerator<DriverEntry, void, void> {
  let lastPrefix: string | undefined;
  for await (const object of objects) {
    const group = delimiter === undefined ? undefined : groupOf(object.key, prefix, delimiter);
    if (group === undefined) yield object;
    else if (group !== lastPrefix && isAfter(group, startAfter)) yield { prefix: group };
    lastPrefix = group ?? lastPrefix;
  }
}

/** The key up to and with the first delimiter behind the prefix; undefined if there is none. */
export function groupOf(key: string, prefix: string, delimiter: string): string | undefined {
  const index = key.indexOf(delimiter, prefix.length);
  return index === -1 ? undefined : key.slice(0, index + delimiter.length);
}

export function isAfter(key: string, startAfter: string | undefined): boolean {
  return startAfter === undefined || compareKeys(key, startAfter) > 0;
}

/** An entry's key or prefix. */
export function nameOf(entry: DriverEntry): string {
  return "prefix" in entry ? entry.prefix : entry.key;
}
