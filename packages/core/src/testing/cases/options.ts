import assert from "node:assert/strict";
import type { CallOptions } from "../../store.js";
import { expectError, expectListed, expectMissing, expectObject } from "../assertions.js";
import { allCalls } from "../calls.js";
import type { ConformanceCase } from "../conformance-case.js";

/** O1 to O8: options, and the end of a store. */
export const optionCases: readonly ConformanceCase[] = [
  {
    id: "O1",
    name: "every method refuses an unknown option with InvalidArgument, names it and the known ones, and does nothing",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "x");
      for (const { method, call } of allCalls(store, "object", "other")) {
        const error = await expectError("InvalidArgument", method, () => call({ ifNoneMatch: "*" } as CallOptions));
        assert.match(error.message, /ifNoneMatch/, `${method} does not name the unknown option`);
        assert.match(error.message, /\bsignal\b/, `${method} does not name the known options`);
      }
      await expectListed(store, ["object"]);
    },
  },
  {
    id: "O2",
    name: "every method refuses options that are no object with InvalidArgument",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "x");
      for (const options of [7, "signal", [], null]) {
        for (const { method, call } of allCalls(store, "object", "other")) {
          await expectError("InvalidArgument", `${method} with ${JSON.stringify(options)}`, () =>
            call(options as CallOptions),
          );
        }
      }
      await expectListed(store, ["object"]);
    },
  },
  {
    id: "O3",
    name: "sizes and etags of the wrong form are refused with InvalidArgument",
    needs: [],
    run: async ({ store }) => {
      for (const size of [-1, 0.5, Number.NaN, "3" as unknown as number]) {
        await expectError("InvalidArgument", `size ${size}`, () => store.createWriter("object", { size }));
      }
      for (const ifMatch of ["", 7 as unknown as string]) {
        await expectError("InvalidArgument", `get, etag ${ifMatch}`, () => store.get("object", { ifMatch }));
        await expectError("InvalidArgument", `delete, etag ${ifMatch}`, () => store.delete("object", { ifMatch }));
        await expectError("InvalidArgument", `put, etag ${ifMatch}`, () => store.put("object", "x", { ifMatch }));
      }
      await expectMissing(store, "object");
    },
  },
  {
    id: "O4",
    name: "ifNotExists together with ifMatch is refused with InvalidArgument",
    needs: ["ifNotExists", "ifMatch"],
    run: async ({ store }) => {
      await store.put("object", "old");
      const { etag } = await store.head("object");
      const options = { ifNotExists: true, ifMatch: etag };
      await expectError("InvalidArgument", "put", () => store.put("object", "new", options));
      await expectObject(store, "object", "old");
    },
  },
  {
    id: "O5",
    name: "contentType and metadata are kept with the object, and replaced with it",
    needs: ["metadata"],
    run: async ({ store, partBytes, random }) => {
      for (const byteLength of [10, 2 * partBytes + 1]) {
        const facts = { contentType: "application/x-tensor", metadata: { step: "7", "run-name": "a b=c" } };
        await store.put("object", random.bytes(byteLength), facts);
        for (const info of [await store.head("object"), (await store.get("object")).info]) {
          assert.deepEqual({ contentType: info.contentType, metadata: { ...info.metadata } }, facts);
        }
      }
      await store.put("object", "plain");
      assert.deepEqual({ ...(await store.head("object")).metadata }, {});
    },
  },
  {
    id: "O6",
    name: "a store without metadata refuses contentType and metadata with Unsupported before anything is written",
    needs: ["no metadata"],
    run: async ({ store }) => {
      for (const options of [{ contentType: "text/plain" }, { metadata: { step: "7" } }]) {
        await expectError("Unsupported", "put", () => store.put("object", "x", options));
        await expectError("Unsupported", "createWriter", () => store.createWriter("object", options));
      }
      await expectMissing(store, "object");
    },
  },
  {
    id: "O7",
    name: "a closed store rejects every call with InvalidState, and closing twice is no error",
    needs: [],
    run: async ({ createStore }) => {
      for (const close of ["close", Symbol.asyncDispose] as const) {
        const store = await createStore();
        await store.put("object", "x");
        await store[close]();
        await store[close]();
        for (const { method, call } of allCalls(store, "object", "other")) {
          await expectError("InvalidState", `${method} after close`, () => call());
        }
      }
    },
  },
  {
    id: "O8",
    name: "writers and objects opened before close go on",
    needs: [],
    run: async ({ createStore, partBytes, random }) => {
      const store = await createStore();
      await store.put("object", "content");
      const object = await store.get("object");
      const writer = await store.createWriter("written");
      await writer.writeChunk(random.bytes(10));
      await store.close();
      assert.equal(await object.text(), "content");
      await writer.writeChunk(random.bytes(2 * partBytes));
      assert.equal((await writer.finalize()).size, 2 * partBytes + 10);
    },
  },
];
