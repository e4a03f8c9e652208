import assert from "node:assert/strict";
import { crc32c } from "../../checksum/crc32c.js";
import { expectError, expectListed, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { putAll } from "../writing.js";

/** More than S3 and Azure take in one request (1,000 and 256). */
const MANY = 1001;

/** X13 to X21: delete, head and exists. */
export const deleteCases: readonly ConformanceCase[] = [
  {
    id: "X13",
    name: "delete removes the object and nothing else",
    needs: [],
    run: async ({ store }) => {
      await putAll(store, ["object", "object2", "folder/object"]);
      await store.delete("object");
      await expectMissing(store, "object");
      await expectListed(store, ["folder/object", "object2"]);
    },
  },
  {
    id: "X14",
    name: "delete of a missing object is no error",
    needs: [],
    run: async ({ store }) => {
      await store.delete("missing");
      await store.delete("folder/missing");
      await store.delete("missing", { mustExist: false });
    },
  },
  {
    id: "X15",
    name: "delete with mustExist of a missing object is NotFound, and of an existing one deletes it",
    needs: [],
    run: async ({ store }) => {
      await expectError("NotFound", "delete", () => store.delete("object", { mustExist: true }));
      await store.put("object", "x");
      await store.delete("object", { mustExist: true });
      await expectError("NotFound", "delete", () => store.delete("object", { mustExist: true }));
    },
  },
  {
    id: "X16",
    name: "deleteMany tells for each key how it went, in the order given",
    needs: [],
    run: async ({ store }) => {
      await putAll(store, ["a", "b", "c/d", "kept"]);
      const keys = ["c/d", "missing", "", "a", "nul\0", "\uD800", "b", "a"];
      const results = await store.deleteMany(keys);
      assert.deepEqual(
        results.map(({ key, error }) => [key, error?.code]),
        keys.map((key) => [key, ["", "nul\0", "\uD800"].includes(key) ? "InvalidArgument" : undefined]),
      );
      await expectListed(store, ["kept"]);
    },
  },
  {
    id: "X17",
    name: `deleteMany takes more keys than a request does: ${MANY} of them`,
    needs: [],
    run: async ({ store }) => {
      const keys = Array.from({ length: MANY }, (_, index) => `many/${index}`);
      const existing = keys.filter((_, index) => index % 50 === 0);
      await putAll(store, [...existing, "kept"]);
      const results = await store.deleteMany(keys);
      assert.equal(results.length, MANY);
      assert.deepEqual(
        results.find(({ key, error }, index) => key !== keys[index] || error !== undefined),
        undefined,
      );
      await expectListed(store, ["kept"]);
    },
  },
  {
    id: "X18",
    name: "deleteMany of no keys does nothing",
    needs: [],
    run: async ({ store }) => {
      await store.put("kept", "x");
      assert.deepEqual(await store.deleteMany([]), []);
      await expectListed(store, ["kept"]);
    },
  },
  {
    id: "X19",
    name: "head tells key, URI, size, etag and time, and only checksums that are right",
    needs: [],
    run: async ({ store, random }) => {
      const bytes = random.bytes(1234);
      await store.put("folder/object", bytes);
      const info = await store.head("folder/object");
      assert.deepEqual([info.key, info.uri, info.size], ["folder/object", store.uriOf("folder/object"), 1234]);
      assert.ok(typeof info.etag === "string" && info.etag !== "", "etag");
      assert.ok(info.lastModified instanceof Date && info.lastModified.getUTCFullYear() >= 2020, "lastModified");
      assert.ok([undefined, crc32c(bytes)].includes(info.checksum), `checksum ${info.checksum}`);
      assert.ok([undefined, crc32c(bytes)].includes(info.storedChecksum), `storedChecksum ${info.storedChecksum}`);
    },
  },
  {
    id: "X20",
    name: "exists is true for an object alone",
    needs: [],
    run: async ({ store }) => {
      await store.put("folder/object", "");
      assert.equal(await store.exists("folder/object"), true);
      for (const key of ["folder/objec", "folder/object2", "folder", "object"]) {
        assert.equal(await store.exists(key), false, key);
      }
    },
  },
  {
    id: "X21",
    name: "an object is whole again after its key was deleted and written anew",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      await store.put("folder/object", random.bytes(partBytes + 1));
      await store.delete("folder/object");
      await store.put("folder/object", "anew");
      await expectObject(store, "folder/object", "anew");
      await expectListed(store, ["folder/object"]);
    },
  },
];
