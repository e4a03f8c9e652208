import { compareKeys, type DriverEntry } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";
import { expect, test } from "vitest";
import { MAX_HELD_ENTRIES, ServiceOrder } from "../src/service-order.js";

const SEED = 5;
const CHARACTERS = ["a", "b", "-", ".", "/", "0", "é", "\uFFFD", "\uE000", "😀", "🎈"];
const entry = (key: string): DriverEntry => ({ key, size: 0, etag: "x", lastModified: new Date(0) });
const keysOf = (entries: readonly DriverEntry[]) => entries.map((each) => ("key" in each ? each.key : each.prefix));
const byUnits = (first: string, second: string) => (first < second ? -1 : 1);
const byFolders = (first: string, second: string) => byUnits(first.replaceAll("/", "\0"), second.replaceAll("/", "\0"));

/** What comes of a listing in the service's order, in pages of a size. */
function ordered(keys: readonly string[], pageSize: number, hasFolders: boolean, prefix = ""): string[] {
  const order = new ServiceOrder({ prefix });
  const delivered = [];
  for (let start = 0; start < keys.length; start += pageSize) {
    const page = keys.slice(start, start + pageSize);
    const nextToken = start + pageSize < keys.length ? `${start}` : undefined;
    delivered.push(...keysOf(order.accept({ entries: page.map(entry), nextToken }, hasFolders).entries));
  }
  return delivered;
}

test(`names in the service's orders come in that of UTF-8, from pages of any size (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  const name = () =>
    Array.from({ length: random.integer(1, 6) }, () => CHARACTERS[random.integer(0, CHARACTERS.length - 1)]).join("");
  for (let round = 0; round < 300; round++) {
    for (const prefix of ["", "a", "a/"]) {
      const keys = [...new Set(Array.from({ length: random.integer(1, 60) }, () => prefix + name()))];
      const expected = keys.toSorted(compareKeys);
      for (const pageSize of [1, 2, 7, 100]) {
        expect(ordered(keys.toSorted(byUnits), pageSize, false, prefix)).toEqual(expected);
        expect(ordered(keys.toSorted(byFolders), pageSize, true, prefix)).toEqual(expected);
      }
    }
  }
});

test("names of one plane wait for nobody", () => {
  const order = new ServiceOrder({ prefix: "" });
  const keys = ["a", "a-", "a/x", "é", "\uE000"];
  for (const [index, key] of keys.entries()) {
    expect(keysOf(order.accept({ entries: [entry(key)], nextToken: `${index}` }, false).entries)).toEqual([key]);
  }
});

test("a page that does not go on is refused, and the right one is taken then", () => {
  const order = new ServiceOrder({ prefix: "" });
  order.accept({ entries: ["a/x", "b"].map(entry), nextToken: "1" }, false);
  for (const keys of [["b"], ["a/y"], ["c", "c"], ["d", "c"], [""]]) {
    expect(() => order.accept({ entries: keys.map(entry), nextToken: "2" }, false), keys.join()).toThrow(
      expect.objectContaining({ code: "Unavailable" }),
    );
  }
  expect(keysOf(order.accept({ entries: [entry("c")], nextToken: undefined }, false).entries)).toEqual(["c"]);
});

test("names that wait have a limit", () => {
  const order = new ServiceOrder({ prefix: "" });
  const entries = Array.from({ length: MAX_HELD_ENTRIES + 1 }, (_, index) => entry(`a/${`${index}`.padStart(6, "0")}`));
  expect(() => order.accept({ entries, nextToken: "1" }, true)).toThrow(
    expect.objectContaining({ code: "Unsupported" }),
  );
  expect(order.accept({ entries, nextToken: "1" }, false).entries).toHaveLength(entries.length);
});
