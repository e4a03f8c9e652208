import assert from "node:assert/strict";
import { isObjectStoreError } from "../../errors.js";
import { expectError, expectListed, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { expectNothingLeft } from "../run-case.js";
import { putAll } from "../writing.js";

/** A8 to A14: a signal that fires while a call is under way. */
export const abortingCases: readonly ConformanceCase[] = [
  {
    id: "A8",
    name: "an abort while a writer is open fails it, and nothing becomes visible or stays behind",
    needs: [],
    run: async ({ store, harness, partBytes, random }) => {
      await store.put("old", "old");
      for (const key of ["new", "old"]) {
        const controller = new AbortController();
        const writer = await store.createWriter(key, { signal: controller.signal });
        await writer.writeChunk(random.bytes(2 * partBytes + 1));
        controller.abort();
        await expectError("Aborted", "writeChunk", () => writer.writeChunk(new Uint8Array(1)));
        await expectError("Aborted", "finalize", () => writer.finalize());
        await writer.cancel();
        await expectNothingLeft(store, harness);
      }
      await expectMissing(store, "new");
      await expectObject(store, "old", "old");
    },
  },
  {
    id: "A9",
    name: "an abort during a writeChunk rejects it with Aborted",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const chunk = random.bytes(8 * partBytes + 1);
      const controller = new AbortController();
      const writer = await store.createWriter("object", { signal: controller.signal });
      const writing = Promise.allSettled([writer.writeChunk(chunk), writer.writeChunk(chunk)]);
      controller.abort();
      const [, last] = await writing;
      assert.ok(last?.status === "rejected" && isObjectStoreError(last.reason, "Aborted"), "the chunk behind it");
      await expectError("Aborted", "finalize", () => writer.finalize());
      await writer.cancel();
      await expectMissing(store, "object");
    },
  },
  {
    id: "A10",
    name: "an abort during finalize leaves the whole object, or nothing and Aborted",
    needs: [],
    run: async ({ store, harness, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes + 1);
      for (const turns of [0, 1, 2, 3, 5, 8]) {
        const controller = new AbortController();
        const writer = await store.createWriter("object", { signal: controller.signal });
        await writer.writeChunk(bytes);
        const finalizing = Promise.allSettled([writer.finalize()]);
        for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
        controller.abort();
        const [outcome] = await finalizing;
        await writer.cancel();
        if (outcome?.status === "fulfilled") await expectObject(store, "object", bytes);
        else assert.ok(isObjectStoreError(outcome?.reason, "Aborted"), String(outcome?.reason));
        if (await store.exists("object")) await expectObject(store, "object", bytes);
        await store.delete("object");
        await expectNothingLeft(store, harness);
      }
    },
  },
  {
    id: "A11",
    name: "an abort during a read ends it with Aborted",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      await store.put("object", random.bytes(4 * Math.max(partBytes, 1 << 20)));
      const controller = new AbortController();
      const object = await store.get("object", { signal: controller.signal });
      const error = await expectError("Aborted", "iteration", async () => {
        for await (const _ of object) controller.abort(new Error("the caller gave up"));
      });
      assert.equal(error.cause, controller.signal.reason);
    },
  },
  {
    id: "A12",
    name: "an abort before an opened object is read ends the read with Aborted",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      await store.put("object", random.bytes(partBytes + 1));
      await store.put("packed", random.compressibleBytes(100_000), { compression: { codec: "gzip" } });
      for (const key of ["object", "packed.gz"]) {
        const controller = new AbortController();
        const object = await store.get(key, { signal: controller.signal, decode: true });
        controller.abort();
        await expectError("Aborted", key, () => object.bytes());
      }
    },
  },
  {
    id: "A13",
    name: "an abort during a listing ends it with Aborted",
    needs: [],
    run: async ({ store }) => {
      await putAll(store, ["a", "b", "c", "d"]);
      const controller = new AbortController();
      let entries = 0;
      await expectError("Aborted", "list", async () => {
        for await (const _ of store.list({ pageSize: 2, signal: controller.signal })) {
          if (++entries === 2) controller.abort();
        }
      });
      assert.equal(entries, 2);
    },
  },
  {
    id: "A14",
    name: "an abort during copy, rename and deleteMany ends them with Aborted, or they are done whole",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes + 1);
      for (const method of ["copy", "rename"] as const) {
        await store.put("source", bytes);
        const controller = new AbortController();
        const settled = Promise.allSettled([store[method]("source", "target", { signal: controller.signal })]);
        controller.abort();
        const [outcome] = await settled;
        if (outcome?.status === "fulfilled") await expectObject(store, "target", bytes);
        else assert.ok(isObjectStoreError(outcome?.reason, "Aborted"), String(outcome?.reason));
        for await (const entry of store.list())
          if (entry.kind === "object") await expectObject(store, entry.key, bytes);
        await store.deleteMany(["source", "target"]);
      }
      const controller = new AbortController();
      const deleting = store.deleteMany(["a", "b", "c"], { signal: controller.signal });
      controller.abort();
      await expectError("Aborted", "deleteMany", () => deleting);
      await expectListed(store, []);
    },
  },
];
