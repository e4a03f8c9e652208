import type { Codec } from "../../compression/codec.js";
import { isObjectStoreError } from "../../errors.js";
import type { ObjectStore } from "../../store.js";
import { expectBytes, expectError } from "../assertions.js";
import type { ConformanceCase, ConformanceContext } from "../conformance-case.js";
import type { Corruption } from "../harness.js";

const FRAME_BYTES = 1 << 20;

/** Z15 to Z17: compressed objects that are damaged. */
export const damageCases: readonly ConformanceCase[] = [
  damageCase("Z15", "a damaged zstd object", "zstd"),
  damageCase("Z16", "a damaged gzip object", "gzip"),
  {
    id: "Z17",
    name: "decoding what is not compressed fails with ChecksumMismatch",
    needs: [],
    run: async ({ store, random }) => {
      for (const bytes of [random.bytes(10), random.bytes(100_000)]) {
        await store.put("object", bytes);
        for (const decode of ["zstd", "gzip"] as const) {
          await expectError("ChecksumMismatch", decode, async () => (await store.get("object", { decode })).bytes());
        }
      }
    },
  },
];

/** Z20: ranges of compressed objects that are damaged. */
export const damagedRangeCases: readonly ConformanceCase[] = [
  {
    id: "Z20",
    name: "a range of a damaged compressed object is exact, or fails with ChecksumMismatch",
    needs: ["corrupt"],
    run: async (context) => {
      const { store, random } = context;
      const bytes = random.compressibleBytes(FRAME_BYTES + 1000);
      for (const codec of ["zstd", "gzip"] as const) {
        const { storedSize } = await store.put("object", bytes, { compression: { codec } });
        for (let flip = 0; flip < 8; flip++) {
          const change = { flipAt: random.integer(0, storedSize - 1) };
          const { key } = await store.put("object", bytes, { compression: { codec } });
          await context.harness.corrupt?.(store, key, change);
          for (const start of [0, FRAME_BYTES - 50, random.integer(0, bytes.byteLength - 100)]) {
            await expectRangeOrError(store, key, { start, end: start + 100 }, bytes, JSON.stringify(change));
          }
        }
      }
    },
  },
];

async function expectRangeOrError(
  store: ObjectStore,
  key: string,
  range: { readonly start: number; readonly end: number },
  bytes: Uint8Array,
  what: string,
): Promise<void> {
  try {
    const got = await store.getRange(key, range, { decode: true });
    expectBytes(got, bytes.subarray(range.start, range.end), `${key} ${range.start}-${range.end}, ${what}`);
  } catch (error) {
    if (!isObjectStoreError(error, "ChecksumMismatch")) throw error;
  }
}

/** Damage that does not reach the content, as in a header's unused bits, may pass; then the content is whole. */
function damageCase(id: string, what: string, codec: Codec): ConformanceCase {
  return {
    id,
    name: `${what} fails with ChecksumMismatch or delivers its whole content, also without verify`,
    needs: ["corrupt"],
    run: async (context) => {
      const bytes = context.random.compressibleBytes(2 * FRAME_BYTES + 1000);
      const { storedSize } = await context.store.put("object", bytes, { compression: { codec } });
      for (let flip = 0; flip < 12; flip++) {
        await expectWholeOrError(context, codec, bytes, { flipAt: context.random.integer(0, storedSize - 1) });
      }
      for (const truncateTo of [storedSize - 1, Math.floor(storedSize * 0.4), 100, 3, 0]) {
        await expectWholeOrError(context, codec, bytes, { truncateTo });
      }
    },
  };
}

async function expectWholeOrError(
  { store, harness }: ConformanceContext,
  codec: Codec,
  bytes: Uint8Array,
  change: Corruption,
): Promise<void> {
  const { key } = await store.put("object", bytes, { compression: { codec } });
  await harness.corrupt?.(store, key, change);
  try {
    expectBytes(await (await store.get(key, { decode: true })).bytes(), bytes, JSON.stringify(change));
  } catch (error) {
    // A flipped bit can make the header of a zstd frame ask for a dictionary.
    const isRefused = codec === "zstd" && isObjectStoreError(error, "Unsupported");
    if (!isRefused && !isObjectStoreError(error, "ChecksumMismatch")) throw error;
  }
}
