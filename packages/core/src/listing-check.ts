import { createHash } from "node:crypto";
import type { DriverEntry, DriverListOptions, DriverPage } from "./driver.js";
import { ObjectStoreError } from "./errors.js";
import { compareKeys } from "./key.js";
import { groupOf, isAfter, nameOf } from "./list-pages.js";

/** Pages without an entry that a listing may have in a row: services send some where many objects were deleted. */
export const MAX_EMPTY_PAGES = 1000;

/** What a listing was asked for. */
export type ListingScope = Pick<DriverListOptions, "prefix" | "delimiter" | "startAfter">;

/** A page as a service answered it. */
export interface AnsweredPage {
  /** Objects and prefixes, each kind in order. */
  readonly entries: readonly DriverEntry[];
  /** What the service wants to be given for the next page; undefined at the listing's end. */
  readonly nextToken: string | undefined;
}

/**
 * Lets a listing pass only where it goes forward: every entry lies below the prefix and behind all entries before it, and
 * every page leads to another one. Unavailable for anything else. A page that was refused changes nothing, so it can be
 * asked for again.
 */
export class ListingCheck {
  readonly #scope: ListingScope;
  readonly #tokens = new PageTokens();
  #last: string | undefined;

  constructor(scope: ListingScope) {
    this.#scope = scope;
  }

  /** Checks a page whose entries are in order, and begin behind `startAfter`. */
  checkPage(entries: readonly DriverEntry[]): void {
    const first = entries[0];
    if (first !== undefined && !isAfter(nameOf(first), this.#scope.startAfter)) {
      throw notAListing(`${quote(nameOf(first))} is not behind ${quote(this.#scope.startAfter ?? "")}`);
    }
    this.#last = this.#checkEntries(entries, this.#last);
  }

  /**
   * A page of what a service answered, in order, without the entries that it sent though they lie at or before `startAfter`.
   * The service need not merge objects and prefixes.
   */
  acceptPage({ entries, nextToken }: AnsweredPage): DriverPage {
    const objects = entries.filter((entry) => !("prefix" in entry));
    const prefixes = entries.filter((entry) => "prefix" in entry);
    for (const kind of [objects, prefixes]) this.#checkEntries(kind, undefined);
    const merged = [...entries].sort((first, second) => compareKeys(nameOf(first), nameOf(second)));
    const last = this.#checkEntries(merged, this.#last);
    this.#tokens.accept(nextToken, entries.length === 0);
    this.#last = last;
    return { entries: merged.filter((entry) => isAfter(nameOf(entry), this.#scope.startAfter)) };
  }

  /** The name of the last entry. */
  #checkEntries(entries: readonly DriverEntry[], before: string | undefined): string | undefined {
    let last = before;
    for (const entry of entries) {
      const name = nameOf(entry);
      const problem = entryProblem(entry, name, this.#scope);
      if (problem !== undefined) throw notAListing(`${quote(name)} ${problem}`);
      if (last !== undefined && compareKeys(name, last) <= 0) {
        throw notAListing(`${quote(name)} comes after ${quote(last)}`);
      }
      last = name;
    }
    return last;
  }
}

/**
 * Lets the tokens of a listing's pages pass as long as they lead forward. Where pages have entries, their order shows that;
 * in a row of empty pages no token may come twice, and the row has a limit.
 */
export class PageTokens {
  readonly #seen = new Set<string>();
  #last: string | undefined;

  /** Refuses with Unavailable a token that leads back; `isEmpty` tells that its page has no entry. */
  accept(token: string | undefined, isEmpty: boolean): void {
    if (token === undefined) return;
    if (token === "") throw notAListing("a page that is not the last has no token");
    const digest = createHash("sha256").update(token).digest("base64");
    if (digest === this.#last || (isEmpty && this.#seen.has(digest))) throw notAListing("a token came twice");
    if (isEmpty && this.#seen.size === MAX_EMPTY_PAGES) {
      throw notAListing(`${MAX_EMPTY_PAGES} pages in a row have no entry`);
    }
    if (!isEmpty) this.#seen.clear();
    this.#seen.add(digest);
    this.#last = digest;
  }
}

function entryProblem(entry: DriverEntry, name: string, { prefix, delimiter }: ListingScope): string | undefined {
  if (name === "") return "is no key";
  if (!name.startsWith(prefix)) return `does not begin with ${quote(prefix)}`;
  const group = delimiter === undefined ? undefined : groupOf(name, prefix, delimiter);
  if ("prefix" in entry) return group === name ? undefined : "is no prefix of this listing";
  return group === undefined ? undefined : `lies below the prefix ${quote(group)}`;
}

function notAListing(what: string): ObjectStoreError {
  return new ObjectStoreError("Unavailable", `the listing can't be believed: ${what}`);
}

function quote(name: string): string {
  return JSON.stringify(name);
}
