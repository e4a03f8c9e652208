import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { crc32c } from "../../checksum/crc32c.js";
import type { PutSource } from "../../writer/put-source.js";
import { expectObject } from "../assertions.js";
import type { ConformanceCase, ConformanceContext } from "../conformance-case.js";
import { asyncSource, webStream } from "../sources.js";

/** S1 to S9: what `put` takes. */
export const putSourceCases: readonly ConformanceCase[] = [
  sourceCase("S1", "a Uint8Array, also one that is a view into a larger buffer", (bytes) => [
    bytes,
    Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(5)]).subarray(3, 3 + bytes.byteLength),
  ]),
  sourceCase("S2", "an ArrayBuffer", (bytes) => [new Uint8Array(bytes).buffer]),
  {
    id: "S3",
    name: "put takes a string and writes its UTF-8",
    needs: [],
    run: async ({ store, partBytes }) => {
      for (const text of ["", "a", "añ→😀", "é".repeat(partBytes)]) {
        const { size } = await store.put("object", text);
        assert.equal(size, Buffer.byteLength(text));
        await expectObject(store, "object", Buffer.from(text));
      }
    },
  },
  sourceCase("S4", "a Blob", (bytes) => [new Blob([new Uint8Array(bytes), new Uint8Array(0)])]),
  sourceCase("S5", "a Node stream", (bytes, { random }) => [Readable.from(random.chunksOf(bytes, 30_000))]),
  sourceCase("S6", "a web stream", (bytes, { random }) => [webStream(random.chunksOf(bytes, 30_000))]),
  sourceCase("S7", "an async iterable", (bytes, { random }) => [asyncSource(random.chunksOf(bytes, 30_000))]),
  sourceCase("S8", "an iterable", (bytes, { random }) => [random.chunksOf(bytes, 30_000), new Set([bytes])]),
  {
    id: "S9",
    name: "put takes iterables of strings and of strings and bytes in turn",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", ["añ", Buffer.from("→"), "", "😀"]);
      await expectObject(store, "object", "añ→😀");
      await store.put("object", Readable.from(["a", "b"], { objectMode: true }));
      await expectObject(store, "object", "ab");
    },
  },
];

/** Puts the sources made of bytes of several sizes, and reads each back. */
function sourceCase(
  id: string,
  what: string,
  sourcesOf: (bytes: Uint8Array, context: ConformanceContext) => readonly PutSource[],
): ConformanceCase {
  return {
    id,
    name: `put takes ${what}`,
    needs: [],
    run: async (context) => {
      const { store, partBytes, random } = context;
      for (const byteLength of [0, 1, partBytes, 2 * partBytes + 9]) {
        const bytes = random.bytes(byteLength);
        for (const source of sourcesOf(bytes, context)) {
          const result = await store.put("object", source);
          assert.equal(result.size, byteLength);
          assert.equal(result.checksum, crc32c(bytes));
          await expectObject(store, "object", bytes);
        }
      }
    },
  };
}
