import assert from "node:assert/strict";
import { isObjectStoreError } from "../../errors.js";
import type { ObjectStore } from "../../store.js";
import { expectError, expectListed, expectMissing, expectObject, listed } from "../assertions.js";
import { keyCalls } from "../calls.js";
import type { ConformanceCase } from "../conformance-case.js";

/** K11 to K19: keys that are refused, keys below keys, and what lies outside of the base. */
export const refusedKeyCases: readonly ConformanceCase[] = [
  refusedCase("K11", "an empty key is refused by every method", () => [""]),
  refusedCase("K12", "a key with NUL is refused by every method", () => ["\0", "a\0b", "object\0"]),
  refusedCase("K13", "a key with a lone surrogate is refused by every method", () => [
    "\uD800",
    "a\uDFFFb",
    "\uDE00\uD83D",
  ]),
  refusedCase(
    "K14",
    "a key longer than maxKeyBytes is refused by every method",
    ({ capabilities: { maxKeyBytes } }) => ["x".repeat(maxKeyBytes + 1), "é".repeat(Math.floor(maxKeyBytes / 2) + 1)],
  ),
  refusedCase(
    "K15",
    "a key that is no string is refused by every method",
    () => [undefined, null, 1, {}] as unknown as string[],
  ),
  {
    id: "K16",
    name: "where anyKey is false, a key that would leave the base is refused by every method and deletes nothing",
    needs: ["no anyKey"],
    run: async ({ store }) => expectRefused(store, ["../x", "a/../../x", "/etc/passwd", "..", "a/..", "//", "a//b"]),
  },
  {
    id: "K17",
    name: "a prefix that points out of the base lists nothing, or is refused with InvalidArgument",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "x");
      for (const prefix of ["../", "..", "/", "a/../", "/etc/", "./"]) {
        try {
          assert.deepEqual(await listed(store, { prefix }), [], `prefix ${prefix}`);
        } catch (error) {
          if (!isObjectStoreError(error, "InvalidArgument")) throw error;
        }
      }
    },
  },
  {
    id: "K18",
    name: "a and a/b are both objects where keyBelowKey, else the second is refused with InvalidArgument and the first intact",
    needs: [],
    run: async ({ store }) => {
      for (const [first, second] of [
        ["a", "a/b"],
        ["c/d/e", "c/d"],
        ["f/g/h", "f"],
      ] as const) {
        await store.put(first, "first");
        if (store.capabilities.keyBelowKey) {
          await store.put(second, "second");
          await expectObject(store, second, "second");
        } else {
          await expectError("InvalidArgument", `put of ${second} beside ${first}`, () => store.put(second, "second"));
          await expectMissing(store, second);
        }
        await expectObject(store, first, "first");
      }
    },
  },
  {
    id: "K19",
    name: "what only looks like a key, above or below an object's, is missing",
    needs: [],
    run: async ({ store }) => {
      await store.put("a/b/c", "x");
      for (const key of ["a", "a/b", "a/b/c/d", "a/b/c/d/e"]) {
        await expectMissing(store, key);
        await store.delete(key);
        await expectError("NotFound", `delete of ${key}`, () => store.delete(key, { mustExist: true }));
        await expectError("NotFound", `copy of ${key}`, () => store.copy(key, "copy"));
        await expectError("NotFound", `rename of ${key}`, () => store.rename(key, "copy"));
      }
      await expectObject(store, "a/b/c", "x");
      await expectListed(store, ["a/b/c"]);
    },
  },
];

function refusedCase(id: string, what: string, keysOf: (store: ObjectStore) => readonly string[]): ConformanceCase {
  return {
    id,
    name: `${what} with InvalidArgument`,
    needs: [],
    run: ({ store }) => expectRefused(store, keysOf(store)),
  };
}

async function expectRefused(store: ObjectStore, keys: readonly string[]): Promise<void> {
  await store.put("object", "x");
  for (const key of keys) {
    const name = JSON.stringify(key)?.slice(0, 40);
    for (const { method, call } of keyCalls(store, key, "object")) {
      await expectError("InvalidArgument", `${method} of ${name}`, () => call());
    }
    const [result] = await store.deleteMany([key]);
    assert.ok(isObjectStoreError(result?.error, "InvalidArgument"), `deleteMany of ${name}`);
  }
  await expectObject(store, "object", "x");
  await expectListed(store, ["object"]);
}
