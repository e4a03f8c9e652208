import assert from "node:assert/strict";
import { expectBytes, expectError } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

/** More than any backend reads ahead or reads in one request by default. */
const FAR_BYTES = 4 << 20;

/** What a native read may deliver beyond what was asked for: alignment and read-ahead. */
const READ_SLACK_BYTES = 1 << 20;

/** G10 to G17: many ranges of an object. */
export const manyRangeCases: readonly ConformanceCase[] = [
  {
    id: "G10",
    name: "getRanges delivers in the order asked for, also of ranges that repeat, overlap or are empty",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes + 500);
      await store.put("object", bytes);
      const size = bytes.byteLength;
      const asked = [
        { range: { start: partBytes, end: partBytes + 400 }, expected: bytes.slice(partBytes, partBytes + 400) },
        { range: { suffix: 5 }, expected: bytes.slice(-5) },
        { range: { start: 0, end: 10 }, expected: bytes.slice(0, 10) },
        { range: { start: 5, end: 300 }, expected: bytes.slice(5, 300) },
        { range: { start: 0, end: 10 }, expected: bytes.slice(0, 10) },
        { range: { start: 9, end: 9 }, expected: new Uint8Array(0) },
        { range: { start: size + 1 }, expected: new Uint8Array(0) },
        { range: { start: size - 2, end: size + 9 }, expected: bytes.slice(-2) },
        { range: { start: 0 }, expected: bytes },
      ];
      const results = await store.getRanges(
        "object",
        asked.map(({ range }) => range),
      );
      assert.equal(results.length, asked.length);
      for (const [index, { range, expected }] of asked.entries()) {
        expectBytes(results[index] ?? new Uint8Array(1), expected, `range ${index}, ${JSON.stringify(range)}`);
      }
    },
  },
  {
    id: "G11",
    name: "getRanges of no ranges delivers nothing",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "0123456789");
      assert.deepEqual(await store.getRanges("object", []), []);
    },
  },
  {
    id: "G12",
    name: "getRanges of many random ranges equals slices, whatever the gap",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes + 3);
      await store.put("object", bytes);
      const ranges = Array.from({ length: 60 }, () => {
        const start = random.integer(0, bytes.byteLength);
        return { start, end: Math.min(bytes.byteLength, start + random.integer(0, 2000)) };
      });
      for (const coalesceGapBytes of [0, 1000, 4 * partBytes]) {
        const results = await store.getRanges("object", ranges, { coalesceGapBytes });
        for (const [index, { start, end }] of ranges.entries()) {
          expectBytes(results[index] ?? new Uint8Array(1), bytes.slice(start, end), `${start}-${end}`);
        }
      }
    },
  },
  {
    id: "G13",
    name: "the results of getRanges do not share memory",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "0123456789");
      const [first, second] = await store.getRanges("object", [
        { start: 0, end: 6 },
        { start: 3, end: 9 },
      ]);
      first?.fill(0);
      assert.equal(Buffer.from(second ?? []).toString(), "345678");
    },
  },
  {
    id: "G14",
    name: "ranges that lie near are read together",
    needs: ["readRequests"],
    run: async ({ store, harness, random }) => {
      await store.put("object", random.bytes(100_000));
      const ranges = Array.from({ length: 50 }, (_, index) => ({ start: index * 2000, end: index * 2000 + 100 }));
      const before = harness.readRequests?.(store) ?? 0;
      await store.getRanges("object", ranges, { coalesceGapBytes: 4096 });
      const requests = (harness.readRequests?.(store) ?? 0) - before;
      assert.ok(requests >= 1 && requests <= 3, `${requests} reads for ranges that one read covers`);
    },
  },
  {
    id: "G15",
    name: "ranges that overlap are read once",
    needs: ["bytesRead"],
    run: async ({ store, harness, random }) => {
      await store.put("object", random.bytes(FAR_BYTES));
      const before = harness.bytesRead?.(store) ?? 0;
      await store.getRanges("object", [{ start: 0 }, { start: 1 }, { start: 2 }, { suffix: FAR_BYTES - 3 }]);
      const delivered = (harness.bytesRead?.(store) ?? 0) - before;
      assert.ok(delivered >= FAR_BYTES, `bytesRead counts ${delivered} of ${FAR_BYTES} bytes`);
      assert.ok(delivered <= FAR_BYTES + READ_SLACK_BYTES, `${delivered} bytes read of ${FAR_BYTES}`);
    },
  },
  {
    id: "G16",
    name: "a range reads its own bytes and not the object, also where ranges lie far apart",
    needs: ["bytesRead"],
    run: async ({ store, harness, random }) => {
      const bytes = random.bytes(2 * FAR_BYTES);
      await store.put("object", bytes);
      const before = harness.bytesRead?.(store) ?? 0;
      const ends = [{ start: 0, end: 10 }, { suffix: 10 }];
      await store.getRange("object", { start: FAR_BYTES, end: FAR_BYTES + 10 });
      const [first, last] = await store.getRanges("object", ends, { coalesceGapBytes: 0 });
      const delivered = (harness.bytesRead?.(store) ?? 0) - before;
      expectBytes(first ?? new Uint8Array(0), bytes.slice(0, 10), "the first bytes");
      expectBytes(last ?? new Uint8Array(0), bytes.slice(-10), "the last bytes");
      assert.ok(delivered <= FAR_BYTES, `${delivered} bytes read for 30`);
    },
  },
  {
    id: "G17",
    name: "a gap that is no whole number of bytes is refused with InvalidArgument",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "0123456789");
      for (const coalesceGapBytes of [-1, 0.5, Number.NaN]) {
        await expectError("InvalidArgument", `coalesceGapBytes ${coalesceGapBytes}`, () =>
          store.getRanges("object", [{ start: 0 }], { coalesceGapBytes }),
        );
      }
    },
  },
];
