import assert from "node:assert/strict";
import { expectListed, listed } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { putAll } from "../writing.js";

const KEYS = ["a", "b/1", "b/2", "b/c/3", "b/c/4", "bc/5", "d"] as const;

/** More than the largest page. */
const MANY = 1003;

/** L7 to L9: where a listing begins, in which order it comes, and that it is whole. */
export const listOrderCases: readonly ConformanceCase[] = [
  {
    id: "L7",
    name: "startAfter begins behind a key, whether it exists or not",
    needs: [],
    run: async ({ store }) => {
      await putAll(store, KEYS);
      await expectListed(store, ["b/2", "b/c/3", "b/c/4", "bc/5", "d"], { startAfter: "b/1" });
      await expectListed(store, ["b/c/4", "bc/5", "d"], { startAfter: "b/c/3x" });
      await expectListed(store, ["b/c/3", "b/c/4"], { prefix: "b/", startAfter: "b/2" });
      await expectListed(store, [...KEYS], { startAfter: "A" });
      await expectListed(store, [], { startAfter: "d" });
      await expectListed(store, [], { prefix: "b/", startAfter: "c" });
      await expectListed(store, ["bc/5"], { prefix: "b", startAfter: "b0" });
      await expectListed(store, ["bc/", "d"], { delimiter: "/", startAfter: "b0" });
    },
  },
  {
    id: "L8",
    name: "keys come in the order of their UTF-8 bytes",
    needs: [],
    run: async ({ store }) => {
      const keys = [
        "A",
        "Z",
        "a-",
        "a.b",
        "a/x",
        "a0",
        "a_/y",
        "b/-",
        "b/0/z",
        "b/é",
        "bb",
        "z",
        "é",
        "\uFFFD",
        "😀/x",
      ];
      const inOrder = keys.sort((first, second) => Buffer.compare(Buffer.from(first), Buffer.from(second)));
      await putAll(store, inOrder);
      await expectListed(store, inOrder);
      await expectListed(store, inOrder, { pageSize: 2 });
      // By UTF-16 units, as JavaScript compares strings, these two would come the other way round.
      await expectListed(store, ["😀/x"], { startAfter: "\uFFFD" });
    },
  },
  {
    id: "L9",
    name: `more than a page of keys is listed whole: ${MANY} of them`,
    needs: [],
    run: async ({ store }) => {
      const keys = Array.from({ length: MANY }, (_, index) => `many/${String(index).padStart(5, "0")}`);
      await putAll(store, keys);
      assert.ok((await listed(store)).join() === keys.join(), "the listing differs from the keys put");
      await expectListed(store, keys.slice(-2), { startAfter: keys.at(-3) ?? "" });
      await expectListed(store, ["many/"], { delimiter: "/" });
    },
  },
];
