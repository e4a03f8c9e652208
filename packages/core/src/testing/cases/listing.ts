import assert from "node:assert/strict";
import { expectListed } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { putAll } from "../writing.js";

const KEYS = ["a", "b/1", "b/2", "b/c/3", "b/c/4", "bc/5", "d"] as const;

/** L1 to L6: which keys and prefixes a listing has. */
export const listingCases: readonly ConformanceCase[] = [
  {
    id: "L1",
    name: "an empty store lists nothing",
    needs: [],
    run: async ({ store }) => {
      await expectListed(store, []);
      await expectListed(store, [], { prefix: "a/", delimiter: "/" });
    },
  },
  {
    id: "L2",
    name: "a listing has every object with its facts, and no object that is gone",
    needs: [],
    run: async ({ store }) => {
      await putAll(store, KEYS);
      await store.delete("d");
      const keys: string[] = [];
      for await (const entry of store.list()) {
        assert.ok(entry.kind === "object", `an entry of kind ${entry.kind} without a delimiter`);
        const { uri, size, etag, lastModified } = await store.head(entry.key);
        assert.deepEqual(
          {
            uri: entry.uri,
            size: entry.size,
            etag: entry.etag,
            second: Math.floor(entry.lastModified.getTime() / 1000),
          },
          { uri, size, etag, second: Math.floor(lastModified.getTime() / 1000) },
        );
        keys.push(entry.key);
      }
      assert.deepEqual(keys, KEYS.slice(0, -1));
    },
  },
  {
    id: "L3",
    name: "a prefix selects the keys that begin so",
    needs: [],
    run: async ({ store }) => {
      await putAll(store, KEYS);
      await expectListed(store, ["b/1", "b/2", "b/c/3", "b/c/4"], { prefix: "b/" });
      await expectListed(store, ["b/c/3", "b/c/4"], { prefix: "b/c/" });
      await expectListed(store, [...KEYS], { prefix: "" });
      await expectListed(store, [], { prefix: "missing/" });
      await expectListed(store, ["d"], { prefix: "d" });
      await expectListed(store, [], { prefix: "d/" });
    },
  },
  {
    id: "L4",
    name: "a prefix need not end at a folder's border",
    needs: [],
    run: async ({ store }) => {
      await putAll(store, KEYS);
      await expectListed(store, ["b/1", "b/2", "b/c/3", "b/c/4", "bc/5"], { prefix: "b" });
      await expectListed(store, ["b/c/3", "b/c/4"], { prefix: "b/c" });
      await expectListed(store, ["b/c/4"], { prefix: "b/c/4" });
      await expectListed(store, [], { prefix: "b/c/45" });
    },
  },
  {
    id: "L5",
    name: "a delimiter sums up what lies below it, each prefix once and in order",
    needs: [],
    run: async ({ store }) => {
      await putAll(store, KEYS);
      await expectListed(store, ["a", "b/", "bc/", "d"], { delimiter: "/" });
      await expectListed(store, ["b/1", "b/2", "b/c/"], { prefix: "b/", delimiter: "/" });
      await expectListed(store, ["b/", "bc/"], { prefix: "b", delimiter: "/" });
      await expectListed(store, ["b/c/"], { prefix: "b/c", delimiter: "/" });
      for await (const entry of store.list({ delimiter: "/" })) {
        const name = entry.kind === "object" ? entry.key : entry.prefix;
        assert.equal(entry.kind, name.endsWith("/") ? "prefix" : "object", name);
      }
    },
  },
  {
    id: "L6",
    name: "any string serves as the delimiter",
    needs: [],
    run: async ({ store }) => {
      await putAll(store, ["a-1", "a-2", "b/x-1", "b/x-2", "c"]);
      await expectListed(store, ["a-", "b/x-", "c"], { delimiter: "-" });
      await expectListed(store, ["b/x-"], { prefix: "b/", delimiter: "-" });
    },
  },
];
