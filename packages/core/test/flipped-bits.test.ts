import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { createStore } from "../src/driver-store.js";
import { isObjectStoreError } from "../src/errors.js";
import { MemoryBucket, type MemoryObject } from "../src/memory/memory-bucket.js";
import { MemoryDriver } from "../src/memory/memory-driver.js";
import type { ObjectStore } from "../src/store.js";
import { seekable, tableOf } from "./seekable.js";
import { flipBit } from "./zstd-engine-cases.js";

const SENTENCE = Buffer.from("three frames of very few bytes each");
const cut = (...at: number[]): Buffer[] => [0, ...at].map((start, index) => SENTENCE.subarray(start, at[index]));
const regular = await seekable(cut(14, 28));
const irregular = await seekable(cut(9, 25));

const OBJECTS = [
  { name: "zstd", decode: "zstd", stored: Buffer.concat([...regular.frames, tableOf(regular.facts)]), everyRange: 1 },
  {
    name: "zstd, frames that differ",
    decode: "zstd",
    stored: Buffer.concat([...irregular.frames, tableOf(irregular.facts, false)]),
    everyRange: 7,
  },
  { name: "zstd without a seek table", decode: "zstd", stored: Buffer.concat(regular.frames), everyRange: 7 },
  { name: "gzip", decode: "gzip", stored: Buffer.concat(cut(14, 28).map((part) => gzipSync(part))), everyRange: 1 },
] as const;

/** Fifty ranges: within, across, at the end and behind it. */
const size = SENTENCE.byteLength;
const RANGES = [
  ...Array.from({ length: 42 }, (_, index) => ({
    start: index % 34,
    end: Math.min(size, (index % 34) + 1 + ((index * 7) % 20)),
  })),
  ...[0, 1, 7, 8, size + 1].map((suffix) => ({ suffix })),
  ...[{ start: size }, { start: size + 9, end: size + 10 }, { start: size - 9, end: size + 20 }],
];

test.each(OBJECTS)(
  "$name: every flipped bit is found or harmless, whole and by ranges",
  { timeout: 300_000 },
  async (object) => {
    const { name, decode, stored, everyRange } = object;
    const some = RANGES.filter((_, index) => index % everyRange === 0);
    const { store, bucket } = newStore();
    const { etag } = await store.put("object", stored);
    const original = bucket.require("object", etag);
    const whole = await judgeFlips(stored, [SENTENCE], async (flipped) => {
      replace(bucket, original, flipped);
      return [await orRefused(async () => (await store.get("object", { decode })).bytes())];
    });
    const ranges = await judgeFlips(stored, some.map(slice), async (flipped) => {
      replace(bucket, original, flipped);
      return Promise.all(some.map((range) => orRefused(() => store.getRange("object", range, { decode }))));
    });
    console.log(
      `${name}: ${stored.byteLength * 8} flips; whole ${show(whole)}; by ${some.length} ranges ${show(ranges)}`,
    );
    expect([whole.wrong, ranges.wrong]).toEqual([0, 0]);
  },
);

test("plain: every flipped bit is found in a whole read, by the checksum that the store has", async () => {
  const { store, bucket } = newStore();
  await store.put("object", SENTENCE);
  const original = bucket.require("object");
  const { checksum } = await store.head("object");
  if (checksum === undefined) throw new Error("the store keeps no checksum");
  const whole = await judgeFlips(SENTENCE, [SENTENCE], async (flipped) => {
    bucket.objects.set("object", { ...original, bytes: flipped });
    return [await orRefused(async () => (await store.get("object", { verify: checksum })).bytes())];
  });
  console.log(`plain: ${SENTENCE.byteLength * 8} flips; whole ${show(whole)}`);
  expect(whole).toEqual({ found: SENTENCE.byteLength * 8, harmless: 0, wrong: 0 });
});

interface Verdicts {
  found: number;
  harmless: number;
  wrong: number;
}

/** Flips each bit in its turn: a flip is found if a read is refused, wrong if one delivers other bytes, else harmless. */
async function judgeFlips(
  stored: Buffer,
  expected: readonly Buffer[],
  read: (flipped: Buffer) => Promise<readonly (Uint8Array | undefined)[]>,
): Promise<Verdicts> {
  const verdicts = { found: 0, harmless: 0, wrong: 0 };
  for (let bit = 0; bit < stored.byteLength * 8; bit++) {
    const results = await read(flipBit(stored, bit));
    const isWrong = results.some((bytes, index) => bytes !== undefined && expected[index]?.equals(bytes) !== true);
    verdicts[isWrong ? "wrong" : results.includes(undefined) ? "found" : "harmless"]++;
  }
  return verdicts;
}

function show({ found, harmless, wrong }: Verdicts): string {
  return `${found} found, ${harmless} harmless, ${wrong} wrong`;
}

function slice(range: (typeof RANGES)[number]): Buffer {
  if ("suffix" in range) return SENTENCE.subarray(Math.max(0, size - range.suffix));
  return SENTENCE.subarray(range.start, "end" in range ? range.end : undefined);
}

/** undefined for a read that is refused as one of damaged data is. */
async function orRefused(read: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isObjectStoreError(error) && ["ChecksumMismatch", "Unsupported"].includes(error.code)) return undefined;
    throw error;
  }
}

function newStore(): { store: ObjectStore; bucket: MemoryBucket } {
  const bucket = new MemoryBucket();
  return { bucket, store: createStore(new MemoryDriver(bucket), { uri: "memory://test/", prefix: "" }) };
}

/** Other bytes of which the store believes that they are what it holds, so that the decoders are on their own. */
function replace(bucket: MemoryBucket, original: MemoryObject, bytes: Uint8Array): void {
  const { checksum: _, storedChecksum: __, ...facts } = original;
  bucket.objects.set("object", { ...facts, bytes } as MemoryObject);
}
