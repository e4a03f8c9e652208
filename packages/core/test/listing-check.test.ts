import { type DriverEntry, ListingCheck, type ListingScope, MAX_EMPTY_PAGES, PageTokens } from "@sluice/core";
import { expect, test } from "vitest";

const REFUSED = expect.objectContaining({ code: "Unavailable", retryable: true });

function entriesOf(names: readonly string[], delimiter?: string): DriverEntry[] {
  return names.map((name) => (delimiter !== undefined && name.endsWith(delimiter) ? { prefix: name } : objectOf(name)));
}

function objectOf(key: string): DriverEntry {
  return { key, size: 0, etag: "e", lastModified: new Date(0) };
}

test.each<[string, ListingScope, readonly (readonly string[])[]]>([
  ["pages that ascend", { prefix: "" }, [["a", "b"], ["c"], [], ["d"]]],
  ["the order of UTF-8", { prefix: "" }, [["\uFFFD"], ["\u{1F600}"]]],
  ["the prefix itself", { prefix: "d/" }, [["d/", "d/a"]]],
  ["keys of delimiters alone", { prefix: "" }, [["/", "//", "///"]]],
  ["prefixes among keys", { prefix: "p", delimiter: "/" }, [["p", "p-", "p/"], ["p0/"]]],
  ["a long delimiter", { prefix: "", delimiter: "aa" }, [["a", "baa", "ca"]]],
  ["what is behind startAfter", { prefix: "a", startAfter: "ab" }, [["ab0", "ac"]]],
])("%s pass", (_, scope, pages) => {
  const strict = new ListingCheck(scope);
  const check = new ListingCheck(scope);
  for (const [index, names] of pages.entries()) {
    const entries = entriesOf(names, scope.delimiter);
    strict.checkPage(entries);
    expect(check.acceptPage({ entries, nextToken: `${index}` })).toEqual({ entries });
  }
});

test.each<[string, ListingScope, readonly (readonly string[])[]]>([
  [
    "a key that came before",
    { prefix: "" },
    [
      ["a", "b"],
      ["b", "c"],
    ],
  ],
  ["a key twice in a page", { prefix: "" }, [["a", "a"]]],
  [
    "a page that came before",
    { prefix: "" },
    [
      ["a", "b"],
      ["a", "b"],
    ],
  ],
  ["keys in the order of UTF-16", { prefix: "" }, [["\u{1F600}", "\uFFFD"]]],
  ["keys out of order in a page", { prefix: "" }, [["a", "c", "b"]]],
  ["an empty key", { prefix: "" }, [[""]]],
  ["a key of another prefix", { prefix: "a/" }, [["a/b", "b/c"]]],
  ["a key that the prefix begins with", { prefix: "a/" }, [["a"]]],
  ["a prefix of another case", { prefix: "a/" }, [["A/b"]]],
  ["a prefix above the prefix", { prefix: "a/b/", delimiter: "/" }, [["a/"]]],
  ["the prefix as a prefix", { prefix: "a/", delimiter: "/" }, [["a/"]]],
  ["a key behind the delimiter", { prefix: "", delimiter: "/" }, [["a/b"]]],
  ["a prefix with two delimiters", { prefix: "", delimiter: "/" }, [["a/b/"]]],
  ["a prefix without a delimiter asked for", { prefix: "" }, [["/"]]],
])("%s is refused", (name, scope, pages) => {
  const isPrefix = name.startsWith("the prefix") || name.startsWith("a prefix without");
  const run = (accept: (entries: readonly DriverEntry[]) => void) => () => {
    for (const names of pages)
      accept(isPrefix ? names.map((prefix) => ({ prefix })) : entriesOf(names, scope.delimiter));
  };
  const strict = new ListingCheck(scope);
  const check = new ListingCheck(scope);
  expect(run((entries) => strict.checkPage(entries))).toThrow(REFUSED);
  expect(run((entries) => check.acceptPage({ entries, nextToken: undefined }))).toThrow(REFUSED);
});

test("what lies at or before startAfter is refused, or left out of a service's page", () => {
  const scope = { prefix: "", startAfter: "b" };
  expect(() => new ListingCheck(scope).checkPage([objectOf("b")])).toThrow(REFUSED);
  const check = new ListingCheck(scope);
  const entries = entriesOf(["a", "b", "c"]);
  expect(check.acceptPage({ entries, nextToken: "1" })).toEqual({ entries: [objectOf("c")] });
  expect(() => check.acceptPage({ entries, nextToken: "2" })).toThrow(REFUSED);
});

test("objects and prefixes of a service's page are merged", () => {
  const check = new ListingCheck({ prefix: "", delimiter: "/" });
  const [object, prefix] = [objectOf("b"), { prefix: "a/" }];
  expect(check.acceptPage({ entries: [object, prefix], nextToken: undefined })).toEqual({ entries: [prefix, object] });
});

test("a refused page changes nothing, so that it can be asked for again", () => {
  const check = new ListingCheck({ prefix: "" });
  check.acceptPage({ entries: [objectOf("a")], nextToken: "1" });
  expect(() => check.acceptPage({ entries: entriesOf(["c", "b"]), nextToken: "2" })).toThrow(REFUSED);
  expect(() => check.acceptPage({ entries: entriesOf(["b", "c"]), nextToken: "1" })).toThrow(REFUSED);
  check.acceptPage({ entries: entriesOf(["b", "c"]), nextToken: "2" });
});

test.each<[string, readonly string[]]>([
  ["the same again", ["a", "a"]],
  ["in turns", ["a", "b", "a"]],
  ["in a longer circle", ["a", "b", "c", "d", "b"]],
  ["an empty one", ["a", ""]],
])("tokens of empty pages that lead back are refused: %s", (_, tokens) => {
  const check = new PageTokens();
  expect(() => {
    for (const token of tokens) check.accept(token, true);
  }).toThrow(REFUSED);
});

test("a token that comes twice in a row is refused whatever its page holds", () => {
  const check = new PageTokens();
  check.accept("a", false);
  expect(() => check.accept("a", false)).toThrow(REFUSED);
});

test("empty pages in a row have a limit, and a page with entries ends the row", () => {
  const tokens = Array.from({ length: MAX_EMPTY_PAGES }, (_, index) => `token ${index}`);
  const check = new PageTokens();
  for (const token of tokens) check.accept(token, true);
  expect(() => check.accept("another", true)).toThrow(REFUSED);
  check.accept("entries", false);
  for (const token of tokens.slice(1)) check.accept(token, true);
});
