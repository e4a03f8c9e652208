import assert from "node:assert/strict";
import { expectError, expectListed, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

/** X1 to X5: copy. */
export const copyCases: readonly ConformanceCase[] = [
  {
    id: "X1",
    name: "copy makes an object of its own with the same bytes, and tells its facts",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      for (const byteLength of [0, 10, 2 * partBytes + 1]) {
        const bytes = random.bytes(byteLength);
        await store.put("source", bytes);
        const info = await store.copy("source", "folder/target");
        const { key, uri, size, etag } = await store.head("folder/target");
        assert.deepEqual([info.key, info.uri, info.size, info.etag], [key, uri, size, etag]);
        await expectObject(store, "source", bytes);
        await store.put("source", "changed");
        await expectObject(store, "folder/target", bytes);
      }
    },
  },
  {
    id: "X2",
    name: "copy replaces an existing target",
    needs: [],
    run: async ({ store }) => {
      await store.put("source", "new");
      await store.put("target", "a longer old object");
      await store.copy("source", "target");
      await expectObject(store, "target", "new");
      await expectObject(store, "source", "new");
    },
  },
  {
    id: "X3",
    name: "copy and rename of a missing object are NotFound and leave the target as it is",
    needs: [],
    run: async ({ store }) => {
      await store.put("target", "old");
      await expectError("NotFound", "copy", () => store.copy("missing", "target"));
      await expectError("NotFound", "rename", () => store.rename("missing", "target"));
      await expectError("NotFound", "copy to nothing", () => store.copy("missing", "folder/new"));
      await expectError("NotFound", "rename to nothing", () => store.rename("missing", "folder/new"));
      await expectError("NotFound", "rename onto itself", () => store.rename("missing", "missing"));
      await expectObject(store, "target", "old");
      await expectListed(store, ["target"]);
    },
  },
  {
    id: "X4",
    name: "copy with ifNotExists over an existing target is AlreadyExists and changes nothing",
    needs: ["ifNotExists"],
    run: async ({ store }) => {
      await store.put("source", "new");
      await store.put("target", "old");
      await expectError("AlreadyExists", "copy", () => store.copy("source", "target", { ifNotExists: true }));
      await expectObject(store, "target", "old");
      await store.copy("source", "free", { ifNotExists: true });
      await expectObject(store, "free", "new");
    },
  },
  {
    id: "X5",
    name: "copy and rename onto the same key change nothing",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "content");
      const { etag } = await store.head("object");
      for (const call of [() => store.copy("object", "object"), () => store.rename("object", "object")]) {
        assert.equal((await call()).etag, etag);
        await expectObject(store, "object", "content");
      }
    },
  },
];
