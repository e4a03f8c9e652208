import assert from "node:assert/strict";
import { crc32c } from "../../checksum/crc32c.js";
import { expectError, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

/** W27 to W34: chunks, and what a writer tells while it is open. */
export const writerChunkCases: readonly ConformanceCase[] = [
  {
    id: "W27",
    name: "the caller may reuse its buffer once writeChunk has resolved",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const chunkBytes = Math.ceil(partBytes / 3) + 1;
      const buffer = new Uint8Array(chunkBytes);
      const expected = random.bytes(10 * chunkBytes);
      const writer = await store.createWriter("object");
      for (let offset = 0; offset < expected.byteLength; offset += chunkBytes) {
        buffer.set(expected.subarray(offset, offset + chunkBytes));
        await writer.writeChunk(buffer);
        buffer.fill(0xee);
      }
      await writer.finalize();
      await expectObject(store, "object", expected);
    },
  },
  {
    id: "W28",
    name: "chunks that are not awaited are written in the order of the calls, and finalize waits for them",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(3 * partBytes + 5);
      const writer = await store.createWriter("object");
      const writes = random.chunksOf(bytes, partBytes).map((chunk) => writer.writeChunk(chunk));
      const [{ size }] = await Promise.all([writer.finalize(), ...writes]);
      assert.equal(size, bytes.byteLength);
      await expectObject(store, "object", bytes);
    },
  },
  {
    id: "W29",
    name: "views into larger buffers and empty chunks are written as they are",
    needs: [],
    run: async ({ store, random }) => {
      const bytes = random.bytes(10_000);
      const writer = await store.createWriter("object");
      await writer.writeChunk(new Uint8Array(0));
      await writer.writeChunk(new Uint8Array(bytes.buffer, 1, 99));
      await writer.writeChunk(Buffer.from(bytes.buffer, 100, 900));
      await writer.writeChunk(new Uint8Array(0));
      await writer.writeChunk(bytes.subarray(1000, 9999));
      await writer.finalize();
      await expectObject(store, "object", bytes.subarray(1, 9999));
    },
  },
  {
    id: "W30",
    name: "a chunk larger than many parts is written whole",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(5 * partBytes + 3);
      const writer = await store.createWriter("object");
      await writer.writeChunk(bytes.subarray(0, 1));
      await writer.writeChunk(bytes.subarray(1));
      await writer.finalize();
      await expectObject(store, "object", bytes);
    },
  },
  {
    id: "W31",
    name: "what is no Uint8Array is refused with InvalidArgument and does not enter the object",
    needs: [],
    run: async ({ store }) => {
      for (const chunk of ["text", [1, 2], new Uint16Array(2), new ArrayBuffer(2), null, undefined, 7]) {
        const writer = await store.createWriter("object");
        await expectError("InvalidArgument", `a chunk of ${typeof chunk}`, () => writer.writeChunk(chunk as never));
        assert.equal(writer.bytesWritten, 0);
        await writer.cancel();
      }
      await expectMissing(store, "object");
    },
  },
  {
    id: "W32",
    name: "key and uri are the final ones before the first byte",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("folder/object");
      const { key, uri, compression } = writer;
      assert.deepEqual({ key, uri, compression }, { key: "folder/object", uri: store.uriOf(key), compression: "none" });
      const result = await writer.finalize();
      assert.deepEqual({ key: result.key, uri: result.uri }, { key, uri });
    },
  },
  {
    id: "W33",
    name: "bytesWritten, compressedBytes and compressionRatio tell what was written so far",
    needs: [],
    run: async ({ store, partBytes }) => {
      const writer = await store.createWriter("object");
      const told = () => [writer.bytesWritten, writer.compressedBytes, writer.compressionRatio];
      assert.deepEqual(told(), [0, 0, 1]);
      await writer.writeChunk(new Uint8Array(10));
      assert.deepEqual(told(), [10, 10, 1]);
      await writer.writeChunk(new Uint8Array(2 * partBytes));
      assert.deepEqual(told(), [2 * partBytes + 10, 2 * partBytes + 10, 1]);
      await writer.finalize();
      assert.deepEqual(told(), [2 * partBytes + 10, 2 * partBytes + 10, 1]);
    },
  },
  {
    id: "W34",
    name: "checksum is that of the content so far at any time, and reading it changes nothing",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(partBytes + 1000);
      const writer = await store.createWriter("object");
      assert.equal(writer.checksum(), crc32c(""));
      let offset = 0;
      for (const chunk of random.chunksOf(bytes, Math.ceil(partBytes / 2))) {
        await writer.writeChunk(chunk);
        offset += chunk.byteLength;
        assert.equal(writer.checksum(), crc32c(bytes.subarray(0, offset)));
        assert.equal(writer.checksum(), crc32c(bytes.subarray(0, offset)));
      }
      assert.equal((await writer.finalize()).checksum, crc32c(bytes));
      assert.equal(writer.checksum(), crc32c(bytes));
    },
  },
];
