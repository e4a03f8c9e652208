import type { ByteRange } from "../../range.js";
import { expectBytes, expectError } from "../assertions.js";
import type { ConformanceCase, ConformanceContext } from "../conformance-case.js";

const INVALID_RANGES: readonly unknown[] = [
  { start: -1 },
  { start: 0.5 },
  { start: 2, end: 1 },
  { start: 0, end: -1 },
  { start: Number.NaN },
  { start: 0, end: Number.POSITIVE_INFINITY },
  { start: "0" },
  { suffix: -1 },
  { suffix: 1.5 },
  { start: 0, suffix: 1 },
  {},
];

/** G1 to G9: one range of an object. */
export const rangeCases: readonly ConformanceCase[] = [
  rangeCase("G1", "a bounded range delivers exactly its bytes", (bytes) => [
    [{ start: 3, end: 10 }, bytes.slice(3, 10)],
    [{ start: 0, end: 1 }, bytes.slice(0, 1)],
    [{ start: 0, end: bytes.byteLength }, bytes],
  ]),
  rangeCase("G2", "a range without an end delivers the rest", (bytes) => [
    [{ start: 0 }, bytes],
    [{ start: 5 }, bytes.slice(5)],
    [{ start: bytes.byteLength - 1 }, bytes.slice(-1)],
  ]),
  rangeCase("G3", "a suffix delivers the last bytes, and all of them if it is longer than the object", (bytes) => [
    [{ suffix: 1 }, bytes.slice(-1)],
    [{ suffix: 100 }, bytes.slice(-100)],
    [{ suffix: bytes.byteLength }, bytes],
    [{ suffix: bytes.byteLength + 1 }, bytes],
  ]),
  rangeCase("G4", "a range of no bytes is empty", (bytes) => [
    [{ start: 0, end: 0 }, new Uint8Array(0)],
    [{ start: 7, end: 7 }, new Uint8Array(0)],
    [{ start: bytes.byteLength, end: bytes.byteLength }, new Uint8Array(0)],
    [{ suffix: 0 }, new Uint8Array(0)],
  ]),
  rangeCase("G5", "a range past the end is empty", (bytes) => [
    [{ start: bytes.byteLength }, new Uint8Array(0)],
    [{ start: bytes.byteLength + 1 }, new Uint8Array(0)],
    [{ start: bytes.byteLength + 1, end: bytes.byteLength + 100 }, new Uint8Array(0)],
    [{ start: Number.MAX_SAFE_INTEGER }, new Uint8Array(0)],
  ]),
  rangeCase("G6", "a range that reaches past the end is clamped", (bytes) => [
    [{ start: 0, end: bytes.byteLength + 1 }, bytes],
    [{ start: bytes.byteLength - 3, end: bytes.byteLength + 1000 }, bytes.slice(-3)],
    [{ start: 1, end: Number.MAX_SAFE_INTEGER }, bytes.slice(1)],
  ]),
  rangeCase("G7", "ranges across the borders of parts deliver exactly their bytes", (bytes, { partBytes, random }) => {
    const borders = [partBytes, 2 * partBytes].flatMap((border) => [
      { start: border - 1, end: border },
      { start: border, end: border + 1 },
      { start: border - 1, end: border + 1 },
    ]);
    const anywhere = Array.from({ length: 20 }, () => {
      const start = random.integer(0, bytes.byteLength);
      return { start, end: random.integer(start, bytes.byteLength) };
    });
    return [...borders, ...anywhere].map((range) => [range, bytes.slice(range.start, range.end)]);
  }),
  {
    id: "G8",
    name: "every range of an empty object is empty",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "");
      for (const range of [{ start: 0 }, { start: 0, end: 10 }, { start: 5 }, { suffix: 3 }, { suffix: 0 }]) {
        expectBytes(await store.getRange("object", range), new Uint8Array(0), JSON.stringify(range));
        expectBytes(await (await store.get("object", { range })).bytes(), new Uint8Array(0), JSON.stringify(range));
      }
    },
  },
  {
    id: "G9",
    name: "what is no range is refused with InvalidArgument",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "0123456789");
      for (const invalid of INVALID_RANGES) {
        const range = invalid as ByteRange;
        const what = JSON.stringify(invalid);
        await expectError("InvalidArgument", `get of ${what}`, () => store.get("object", { range }));
        await expectError("InvalidArgument", `getRange of ${what}`, () => store.getRange("object", range));
        await expectError("InvalidArgument", `getRanges of ${what}`, () => store.getRanges("object", [range]));
      }
    },
  },
];

type Expected = readonly [ByteRange, Uint8Array];

/** Reads each range by getRange and by get, from an object of a few parts. */
function rangeCase(
  id: string,
  name: string,
  expectedOf: (bytes: Uint8Array, context: ConformanceContext) => readonly Expected[],
): ConformanceCase {
  return {
    id,
    name,
    needs: [],
    run: async (context) => {
      const { store, partBytes, random } = context;
      const bytes = random.bytes(2 * partBytes + 100);
      await store.put("object", bytes);
      for (const [range, expected] of expectedOf(bytes, context)) {
        const what = JSON.stringify(range);
        expectBytes(await store.getRange("object", range), expected, `getRange of ${what}`);
        expectBytes(await (await store.get("object", { range })).bytes(), expected, `get of ${what}`);
      }
    },
  };
}
