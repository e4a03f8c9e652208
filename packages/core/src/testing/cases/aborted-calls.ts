import assert from "node:assert/strict";
import { expectError, expectListed, expectMissing, expectObject } from "../assertions.js";
import { type NamedCall, readCalls, writeCalls } from "../calls.js";
import type { ConformanceCase } from "../conformance-case.js";

/** A1 to A7: a signal that has fired before the call. */
export const abortedCallCases: readonly ConformanceCase[] = [
  {
    id: "A1",
    name: "aborted beforehand: createWriter and put reject with Aborted and write nothing",
    needs: [],
    run: async ({ store }) => {
      await expectAborted(writeCalls(store, "object"));
      await expectMissing(store, "object");
    },
  },
  {
    id: "A2",
    name: "aborted beforehand: get, getRange, getRanges, head and exists reject with Aborted",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "content");
      await expectAborted(readCalls(store, "object"));
      await expectAborted(readCalls(store, "missing"));
    },
  },
  {
    id: "A3",
    name: "aborted beforehand: list rejects with Aborted at its first entry, also where there is none",
    needs: [],
    run: async ({ store }) => {
      const signal = AbortSignal.abort();
      const call = () => store.list({ signal })[Symbol.asyncIterator]().next();
      await expectError("Aborted", "list of an empty store", async () => call());
      await store.put("object", "content");
      await expectError("Aborted", "list", async () => call());
    },
  },
  {
    id: "A4",
    name: "aborted beforehand: delete and deleteMany reject with Aborted and delete nothing",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "content");
      await expectAborted([
        { method: "delete", call: (options) => store.delete("object", options) },
        { method: "deleteMany", call: (options) => store.deleteMany(["object"], options) },
      ]);
      await expectObject(store, "object", "content");
    },
  },
  {
    id: "A5",
    name: "aborted beforehand: copy and rename reject with Aborted and change nothing",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "content");
      await expectAborted([
        { method: "copy", call: (options) => store.copy("object", "target", options) },
        { method: "rename", call: (options) => store.rename("object", "target", options) },
      ]);
      await expectListed(store, ["object"]);
    },
  },
  {
    id: "A6",
    name: "aborted beforehand: sweepStaleUploads rejects with Aborted",
    needs: [],
    run: async ({ store }) => {
      await expectAborted([
        { method: "sweepStaleUploads", call: (options) => store.sweepStaleUploads({ olderThanMs: 0, ...options }) },
      ]);
    },
  },
  {
    id: "A7",
    name: "a signal that fires after its call has ended changes nothing",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const controller = new AbortController();
      const { signal } = controller;
      const bytes = random.bytes(partBytes + 1);
      const writer = await store.createWriter("object", { signal });
      await writer.writeChunk(bytes);
      const result = await writer.finalize();
      await store.copy("object", "copy", { signal });
      await (await store.get("object", { signal })).bytes();
      controller.abort();
      assert.equal(writer.state, "finalized");
      assert.deepEqual(await writer.finalize(), result);
      await expectObject(store, "object", bytes);
      await expectObject(store, "copy", bytes);
    },
  },
];

async function expectAborted(calls: readonly NamedCall[]): Promise<void> {
  const reason = new Error("the caller gave up");
  for (const { method, call } of calls) {
    const error = await expectError("Aborted", method, () => call({ signal: AbortSignal.abort(reason) }));
    assert.equal(error.cause, reason, `${method}: the signal's reason is the cause`);
  }
}
