import assert from "node:assert/strict";
import { isObjectStoreError } from "../../errors.js";
import type { ObjectStore } from "../../store.js";
import { expectError, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

const WORKERS = 5;
const INCREMENTS = 10;
/** A worker is beaten by each increment of the others at most once, and some stores report a conflict twice. */
const ATTEMPTS = 100 * WORKERS * INCREMENTS;

/** C7 to C12: replacing with `ifMatch`. */
export const matchConditionCases: readonly ConformanceCase[] = [
  {
    id: "C7",
    name: "ifMatch with the current etag replaces, and the result's etag is the next current one",
    needs: ["ifMatch"],
    run: async ({ store }) => {
      await store.put("object", "0");
      let { etag } = await store.head("object");
      for (const content of ["1", "2", "3"]) {
        const result = await store.put("object", content, { ifMatch: etag });
        assert.notEqual(result.etag, etag, "the etag of a new version");
        etag = result.etag ?? (await store.head("object")).etag;
      }
      await expectObject(store, "object", "3");
    },
  },
  {
    id: "C8",
    name: "ifMatch with a stale etag is PreconditionFailed and leaves the object as it is",
    needs: ["ifMatch"],
    run: async ({ store, partBytes, random }) => {
      await store.put("object", "old");
      const { etag: ifMatch } = await store.head("object");
      await store.put("object", "new");
      for (const byteLength of [0, 10, partBytes + 1]) {
        await expectError("PreconditionFailed", `put of ${byteLength} bytes`, () =>
          store.put("object", random.bytes(byteLength), { ifMatch }),
        );
      }
      await expectObject(store, "object", "new");
    },
  },
  {
    id: "C9",
    name: "ifMatch on a missing object is PreconditionFailed and creates nothing",
    needs: ["ifMatch"],
    run: async ({ store }) => {
      await store.put("object", "old");
      const { etag: ifMatch } = await store.head("object");
      await store.delete("object");
      await expectError("PreconditionFailed", "put", () => store.put("object", "new", { ifMatch }));
      await expectMissing(store, "object");
    },
  },
  {
    id: "C10",
    name: "the condition is the one at finalize, not the one at createWriter",
    needs: ["ifMatch"],
    run: async ({ store }) => {
      await store.put("object", "old");
      const { etag: ifMatch } = await store.head("object");
      const writer = await store.createWriter("object", { ifMatch });
      await writer.writeChunk(Buffer.from("late"));
      await store.put("object", "new");
      await expectError("PreconditionFailed", "finalize", () => writer.finalize());
      await writer.cancel();
      await expectObject(store, "object", "new");
    },
  },
  {
    id: "C11",
    name: `compare-and-swap loses no update: ${WORKERS} workers, ${INCREMENTS} increments each`,
    needs: ["ifMatch"],
    run: async ({ store }) => {
      await store.put("counter", "0");
      await Promise.all(Array.from({ length: WORKERS }, () => incrementMany(store)));
      await expectObject(store, "counter", String(WORKERS * INCREMENTS));
    },
  },
  {
    id: "C12",
    name: "a store without ifMatch refuses to replace or delete by it with Unsupported before anything is done",
    needs: ["no ifMatch"],
    run: async ({ store }) => {
      await store.put("object", "old");
      const { etag: ifMatch } = await store.head("object");
      await expectError("Unsupported", "put", () => store.put("object", "new", { ifMatch }));
      await expectError("Unsupported", "createWriter", () => store.createWriter("object", { ifMatch }));
      await expectError("Unsupported", "delete", () => store.delete("object", { ifMatch }));
      await expectObject(store, "object", "old");
    },
  },
];

async function incrementMany(store: ObjectStore): Promise<void> {
  let done = 0;
  for (let attempt = 0; done < INCREMENTS; attempt++) {
    assert.ok(attempt < ATTEMPTS, `${ATTEMPTS} attempts did not do`);
    if (await increment(store)) done++;
  }
}

async function increment(store: ObjectStore): Promise<boolean> {
  try {
    const object = await store.get("counter");
    const value = Number(await object.text());
    await store.put("counter", String(value + 1), { ifMatch: object.info.etag });
    return true;
  } catch (error) {
    if (isObjectStoreError(error, "PreconditionFailed")) return false;
    throw error;
  }
}
