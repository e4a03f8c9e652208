import assert from "node:assert/strict";
import type { Codec } from "../../compression/codec.js";
import { expectBytes } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

const FRAME_BYTES = 1 << 20;

/** Z10 to Z14: compressed objects read back. */
export const decodeCases: readonly ConformanceCase[] = [
  rangeCase("Z10", "zstd"),
  rangeCase("Z11", "gzip"),
  {
    id: "Z12",
    name: "getRanges decodes, in the order asked for",
    needs: [],
    run: async ({ store, random }) => {
      const bytes = random.compressibleBytes(2 * FRAME_BYTES + 99);
      const ranges = [{ suffix: 7 }, { start: FRAME_BYTES - 5, end: FRAME_BYTES + 5 }, { start: 0, end: 3 }];
      const expected = [bytes.slice(-7), bytes.slice(FRAME_BYTES - 5, FRAME_BYTES + 5), bytes.slice(0, 3)];
      for (const codec of ["zstd", "gzip"] as const) {
        const { key } = await store.put("object", bytes, { compression: { codec } });
        const results = await store.getRanges(key, ranges, { decode: true });
        for (const [index, result] of results.entries()) {
          expectBytes(result, expected[index] ?? new Uint8Array(1), `${codec} range ${index}`);
        }
      }
    },
  },
  {
    id: "Z13",
    name: "a range of a zstd object reads the frames it needs and not the whole",
    needs: ["bytesRead"],
    run: async ({ store, harness, random }) => {
      const bytes = random.bytes(8 * FRAME_BYTES);
      const { key, storedSize } = await store.put("object", bytes, { compression: { codec: "zstd" } });
      const before = harness.bytesRead?.(store) ?? 0;
      const range = { start: 5 * FRAME_BYTES + 10, end: 5 * FRAME_BYTES + 20 };
      expectBytes(await store.getRange(key, range, { decode: true }), bytes.slice(range.start, range.end), "range");
      const delivered = (harness.bytesRead?.(store) ?? 0) - before;
      assert.ok(delivered > 0 && delivered < storedSize / 2, `${delivered} of ${storedSize} bytes read`);
    },
  },
  {
    id: "Z14",
    name: "without decode, or with a key of no codec, the bytes come as stored; a named codec decodes any key",
    needs: [],
    run: async ({ store, random }) => {
      const bytes = random.compressibleBytes(10_000);
      for (const codec of ["zstd", "gzip"] as const) {
        const { storedSize } = await store.put("plain", bytes, { compression: { codec, extension: "none" } });
        const stored = await (await store.get("plain")).bytes();
        assert.equal(stored.byteLength, storedSize);
        for (const decode of [false, true]) {
          expectBytes(await (await store.get("plain", { decode })).bytes(), stored, `decode ${decode}`);
        }
        expectBytes(await (await store.get("plain", { decode: codec })).bytes(), bytes, `decode ${codec}`);
        expectBytes(await store.getRange("plain", { suffix: 9 }, { decode: codec }), bytes.slice(-9), "getRange");
      }
    },
  },
];

function rangeCase(id: string, codec: Codec): ConformanceCase {
  return {
    id,
    name: `${codec}: ranges of the content are exact, at the borders of frames too`,
    needs: [],
    run: async ({ store, random }) => {
      const bytes = random.compressibleBytes(3 * FRAME_BYTES + 100);
      const { key } = await store.put("object", bytes, { compression: { codec } });
      const borders = [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES, bytes.byteLength];
      for (const start of borders) {
        for (const end of [start, start + 1, start + FRAME_BYTES, undefined]) {
          const range = end === undefined ? { start } : { start, end };
          const actual = await store.getRange(key, range, { decode: true });
          expectBytes(actual, bytes.slice(start, end), JSON.stringify(range));
        }
      }
      for (const suffix of [0, 1, 100, 101, FRAME_BYTES + 100, bytes.byteLength + 1]) {
        const expected = suffix === 0 ? new Uint8Array(0) : bytes.slice(-suffix);
        expectBytes(await store.getRange(key, { suffix }, { decode: true }), expected, `suffix ${suffix}`);
      }
    },
  };
}
