import assert from "node:assert/strict";
import { expectError, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

const CONTENT = Buffer.from("content");

/** W1 to W9: what an open, a finalizing and a finalized writer answers. */
export const writerStateCases: readonly ConformanceCase[] = [
  {
    id: "W1",
    name: "open: writeChunk is accepted",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object");
      assert.equal(writer.state, "open");
      await writer.writeChunk(CONTENT);
      assert.equal(writer.state, "open");
      await writer.cancel();
    },
  },
  {
    id: "W2",
    name: "open: finalize makes the object visible and the writer finalized",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object");
      await writer.writeChunk(CONTENT);
      await writer.finalize();
      assert.equal(writer.state, "finalized");
      await expectObject(store, "object", CONTENT);
    },
  },
  {
    id: "W3",
    name: "open: cancel leaves nothing visible and the writer cancelled",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const writer = await store.createWriter("object");
      await writer.writeChunk(random.bytes(partBytes + 1));
      await writer.cancel();
      assert.equal(writer.state, "cancelled");
      await expectMissing(store, "object");
    },
  },
  {
    id: "W4",
    name: "finalizing: writeChunk is InvalidState and does not enter the object",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object");
      await writer.writeChunk(CONTENT);
      const finalizing = writer.finalize();
      const { state } = writer;
      await Promise.all([finalizing, expectError("InvalidState", "writeChunk", () => writer.writeChunk(CONTENT))]);
      assert.equal(state, "finalizing");
      await expectObject(store, "object", CONTENT);
    },
  },
  {
    id: "W5",
    name: "finalizing: finalize returns the same promise",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object");
      const [first, second] = [writer.finalize(), writer.finalize()];
      await Promise.all([first, second]);
      assert.equal(second, first);
    },
  },
  {
    id: "W6",
    name: "finalizing: cancel waits, and the object stays",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object");
      await writer.writeChunk(CONTENT);
      const finalizing = writer.finalize();
      const cancelling = writer.cancel().then(() => writer.state);
      const [{ size }, state] = await Promise.all([finalizing, cancelling]);
      assert.deepEqual([size, state], [CONTENT.byteLength, "finalized"]);
      await expectObject(store, "object", CONTENT);
    },
  },
  {
    id: "W7",
    name: "finalized: writeChunk is InvalidState and changes nothing",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object");
      await writer.writeChunk(CONTENT);
      await writer.finalize();
      await expectError("InvalidState", "writeChunk", () => writer.writeChunk(CONTENT));
      assert.equal(writer.bytesWritten, CONTENT.byteLength);
      await expectObject(store, "object", CONTENT);
    },
  },
  {
    id: "W8",
    name: "finalized: finalize returns the same result and publishes nothing again",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object");
      await writer.writeChunk(CONTENT);
      const first = await writer.finalize();
      await store.put("object", "later");
      assert.deepEqual(await writer.finalize(), first);
      await expectObject(store, "object", "later");
    },
  },
  {
    id: "W9",
    name: "finalized: cancel does nothing",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object");
      await writer.writeChunk(CONTENT);
      await writer.finalize();
      await writer.cancel();
      assert.equal(writer.state, "finalized");
      await expectObject(store, "object", CONTENT);
    },
  },
];
