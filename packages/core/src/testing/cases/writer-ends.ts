import assert from "node:assert/strict";
import { expectError, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { abortedWriter } from "../writing.js";

const CONTENT = Buffer.from("content");

/** W10 to W17: what a cancelled and a failed writer answers, and what disposing one does. */
export const writerEndCases: readonly ConformanceCase[] = [
  {
    id: "W10",
    name: "cancelled: writeChunk is InvalidState",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object");
      await writer.cancel();
      await expectError("InvalidState", "writeChunk", () => writer.writeChunk(CONTENT));
      await expectMissing(store, "object");
    },
  },
  {
    id: "W11",
    name: "cancelled: finalize is InvalidState and publishes nothing",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object");
      await writer.writeChunk(CONTENT);
      await writer.cancel();
      await expectError("InvalidState", "finalize", () => writer.finalize());
      await expectMissing(store, "object");
    },
  },
  {
    id: "W12",
    name: "cancelled: cancel does nothing",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object");
      await writer.writeChunk(CONTENT);
      await Promise.all([writer.cancel(), writer.cancel()]);
      await store.put("object", "later");
      await writer.cancel();
      assert.equal(writer.state, "cancelled");
      await expectObject(store, "object", "later");
    },
  },
  {
    id: "W13",
    name: "failed: writeChunk rejects with the first error",
    needs: [],
    run: async ({ store }) => {
      const { writer, reason } = await abortedWriter(store, "object");
      for (let round = 0; round < 2; round++) {
        const error = await expectError("Aborted", "writeChunk", () => writer.writeChunk(CONTENT));
        assert.equal(error.cause, reason);
      }
      assert.equal(writer.state, "failed");
      await writer.cancel();
    },
  },
  {
    id: "W14",
    name: "failed: finalize rejects with the first error and publishes nothing",
    needs: [],
    run: async ({ store }) => {
      const { writer, reason } = await abortedWriter(store, "object");
      for (let round = 0; round < 2; round++) {
        const error = await expectError("Aborted", "finalize", () => writer.finalize());
        assert.equal(error.cause, reason);
      }
      assert.equal(writer.state, "failed");
      await writer.cancel();
      await expectMissing(store, "object");
    },
  },
  {
    id: "W15",
    name: "failed: cancel cleans up and resolves, and the writer stays failed",
    needs: [],
    run: async ({ store }) => {
      const { writer } = await abortedWriter(store, "object");
      await writer.cancel();
      await writer.cancel();
      assert.equal(writer.state, "failed");
      await expectMissing(store, "object");
    },
  },
  {
    id: "W16",
    name: "disposing an open writer cancels it",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      await store.put("object", "old");
      const writer = await store.createWriter("object");
      await writer.writeChunk(random.bytes(partBytes + 1));
      await writer[Symbol.asyncDispose]();
      assert.equal(writer.state, "cancelled");
      await expectObject(store, "object", "old");
    },
  },
  {
    id: "W17",
    name: "disposing a finalized, a cancelled or a failed writer changes nothing",
    needs: [],
    run: async ({ store }) => {
      const finalized = await store.createWriter("finalized");
      await finalized.writeChunk(CONTENT);
      await finalized.finalize();
      await finalized[Symbol.asyncDispose]();
      assert.equal(finalized.state, "finalized");
      await expectObject(store, "finalized", CONTENT);
      const cancelled = await store.createWriter("cancelled");
      await cancelled.cancel();
      await cancelled[Symbol.asyncDispose]();
      assert.equal(cancelled.state, "cancelled");
      const { writer: failed } = await abortedWriter(store, "failed");
      await failed[Symbol.asyncDispose]();
      assert.equal(failed.state, "failed");
    },
  },
];
