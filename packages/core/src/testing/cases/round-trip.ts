import assert from "node:assert/strict";
import { crc32c } from "../../checksum/crc32c.js";
import type { ObjectStore } from "../../store.js";
import type { WriteResult } from "../../writer/object-writer.js";
import { expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { writeChunks } from "../writing.js";

const MEBIBYTE = 1 << 20;

/** R1 to R10: what is written is what is read, whatever its size and chunking. */
export const roundTripCases: readonly ConformanceCase[] = [
  sizeCase("R1", "an empty object", () => 0),
  sizeCase("R2", "an object of one byte", () => 1),
  sizeCase("R3", "an object one byte short of a part", (partBytes) => partBytes - 1),
  sizeCase("R4", "an object of exactly one part", (partBytes) => partBytes),
  sizeCase("R5", "an object one byte longer than a part", (partBytes) => partBytes + 1),
  sizeCase("R6", "an object of many parts", (partBytes) => 3 * partBytes + 7),
  {
    id: "R7",
    name: "an object written one byte at a time round-trips",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(Math.min(partBytes, MEBIBYTE) + 1);
      const writer = await store.createWriter("object");
      for (let offset = 0; offset < bytes.byteLength; offset++) {
        await writer.writeChunk(bytes.subarray(offset, offset + 1));
      }
      checkResult(store, "object", bytes, await writer.finalize());
      await expectObject(store, "object", bytes);
    },
  },
  {
    id: "R8",
    name: "an object written in chunks of random sizes round-trips",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(3 * partBytes + random.integer(1, 1000));
      const chunks = random.chunksOf(bytes, Math.ceil(partBytes * 1.5));
      checkResult(store, "object", bytes, await writeChunks(store, "object", chunks));
      await expectObject(store, "object", bytes);
    },
  },
  {
    id: "R9",
    name: "overwriting replaces an object by a longer and by a shorter one",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      for (const byteLength of [100, partBytes + 100, 10, 0, 1]) {
        const bytes = random.bytes(byteLength);
        await store.put("object", bytes);
        await expectObject(store, "object", bytes);
      }
    },
  },
  {
    id: "R10",
    name: "objects written and read at the same time are kept apart",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const objects = Array.from({ length: 8 }, (_, index) => ({
        key: `folder/object-${index}`,
        bytes: random.bytes(Math.ceil((partBytes * index) / 4) + index),
      }));
      await Promise.all(objects.map(({ key, bytes }) => writeChunks(store, key, random.chunksOf(bytes, 50_000))));
      await Promise.all(objects.map(({ key, bytes }) => expectObject(store, key, bytes)));
    },
  },
];

function sizeCase(id: string, what: string, sizeOf: (partBytes: number) => number): ConformanceCase {
  return {
    id,
    name: `${what} round-trips`,
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(sizeOf(partBytes));
      await expectMissing(store, "folder/object");
      const result = await writeChunks(store, "folder/object", bytes.byteLength === 0 ? [] : [bytes]);
      checkResult(store, "folder/object", bytes, result);
      await expectObject(store, "folder/object", bytes);
      if (result.etag !== undefined)
        assert.equal((await store.head("folder/object")).etag, result.etag, "etag of head");
    },
  };
}

function checkResult(store: ObjectStore, key: string, bytes: Uint8Array, result: WriteResult): void {
  assert.equal(result.key, key);
  assert.equal(result.uri, store.uriOf(key));
  assert.equal(result.size, bytes.byteLength, "size");
  assert.equal(result.storedSize, bytes.byteLength, "storedSize");
  assert.equal(result.checksum, crc32c(bytes), "checksum");
  assert.equal(result.storedChecksum, crc32c(bytes), "storedChecksum");
  assert.equal(result.compression, "none");
  assert.ok(["server", "readback", "none"].includes(result.verifiedBy), `verifiedBy is ${result.verifiedBy}`);
  if (result.parts !== undefined) assert.ok(Number.isSafeInteger(result.parts) && result.parts >= 0, "parts");
}
