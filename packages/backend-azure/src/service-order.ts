import {
  type AnsweredPage,
  compareKeys,
  type DriverEntry,
  type DriverPage,
  isAfter,
  ListingCheck,
  type ListingScope,
  ObjectStoreError,
  PageTokens,
} from "@sluice/core";
import { notOfService } from "./answer.js";

/** Entries of a listing that may wait for one that comes later and belongs before them. */
export const MAX_HELD_ENTRIES = 100_000;

/**
 * Pages in the order of UTF-8 bytes, of pages in the service's own order, to which it holds them. The service compares units of
 * UTF-16; with a hierarchical namespace it goes folder by folder, as if `/` came before all other characters. Only where a later
 * entry may belong before some of a page, these wait.
 */
export class ServiceOrder {
  readonly #scope: ListingScope;
  readonly #tokens = new PageTokens();
  #isByFolders = false;
  #last: string | undefined;
  #held: readonly DriverEntry[] = [];

  constructor(scope: ListingScope) {
    this.#scope = scope;
  }

  /** Whether pages so far came folder by folder. */
  get isByFolders(): boolean {
    return this.#isByFolders;
  }

  /** Unavailable for a page that does not go on from those before it; then nothing is changed, and it can be asked for again. */
  accept({ entries, nextToken }: AnsweredPage, hasFolders: boolean): DriverPage {
    const { prefix, delimiter, startAfter } = this.#scope;
    const check = new ListingCheck({ prefix, ...(delimiter !== undefined && { delimiter }) });
    const page = check.acceptPage({ entries: [...entries].sort(byUtf8), nextToken: undefined }).entries;
    const isByFolders = this.#isByFolders || hasFolders || !ascends(entries, this.#last, false);
    if (!ascends(entries, this.#last, isByFolders)) throw notOfService("a listing's names are not in order");
    const last = lastOf(entries, this.#last, isByFolders);
    const wanted = page.filter((entry) => isAfter(nameOf(entry), startAfter));
    const all = this.#held.length === 0 ? wanted : [...this.#held, ...wanted].sort(byUtf8);
    const waiting = nextToken === undefined ? -1 : all.findIndex((entry) => this.#mayWait(entry, last, isByFolders));
    const held = waiting === -1 ? [] : all.slice(waiting);
    if (held.length > MAX_HELD_ENTRIES) throw tooMany();
    this.#tokens.accept(nextToken, entries.length === 0);
    this.#isByFolders = isByFolders;
    this.#last = last;
    this.#held = held;
    return { entries: waiting === -1 ? all : all.slice(0, waiting) };
  }

  /** Whether a name that the service lists behind `last` may belong before this entry's. */
  #mayWait(entry: DriverEntry, last = "", isByFolders: boolean): boolean {
    const name = nameOf(entry);
    for (const { index, 0: unit } of name.slice(this.#scope.prefix.length).matchAll(isByFolders ? WEAK : SURROGATE)) {
      const at = this.#scope.prefix.length + index;
      if (!last.startsWith(name.slice(0, at))) return false;
      // Of all that differs from "a/b" at its slash, "a-" and the like are behind it with the service, and before it in UTF-8.
      if (unit !== "/" || !(last.charCodeAt(at) > SLASH)) return true;
    }
    return false;
  }
}

const SLASH = 0x2f;
/** A character above U+FFFF: in UTF-16 those from U+E000 to U+FFFF are behind it. */
const SURROGATE = /[\u{10000}-\u{10FFFF}]/gu;
const WEAK = /[/\u{10000}-\u{10FFFF}]/gu;

/** Whether each kind ascends, and all lies behind `before`. */
function ascends(entries: readonly DriverEntry[], before: string | undefined, isByFolders: boolean): boolean {
  const first = before === undefined ? "" : rankOf(before, isByFolders);
  const last = { object: first, prefix: first };
  return entries.every((entry) => {
    const kind = "prefix" in entry ? "prefix" : "object";
    const rank = rankOf(nameOf(entry), isByFolders);
    const isBehind = rank > last[kind];
    last[kind] = rank;
    return isBehind;
  });
}

function lastOf(entries: readonly DriverEntry[], before: string | undefined, isByFolders: boolean): string | undefined {
  return entries
    .map(nameOf)
    .reduce(
      (last, name) => (last === undefined || rankOf(name, isByFolders) > rankOf(last, isByFolders) ? name : last),
      before,
    );
}

/** A text whose order in UTF-16, which is that of JavaScript, is the service's. No name holds NUL. */
function rankOf(name: string, isByFolders: boolean): string {
  return isByFolders ? name.replaceAll("/", "\0") : name;
}

function nameOf(entry: DriverEntry): string {
  return "prefix" in entry ? entry.prefix : entry.key;
}

function byUtf8(first: DriverEntry, second: DriverEntry): number {
  return compareKeys(nameOf(first), nameOf(second));
}

function tooMany(): ObjectStoreError {
  const message = `more than ${MAX_HELD_ENTRIES} names would have to wait for others that the service lists later`;
  return new ObjectStoreError("Unsupported", `${message}; list with a longer prefix or with a delimiter`);
}
