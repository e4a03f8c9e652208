import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createRecipe, DataGenerator, deriveObjectSeed, uniqueBlockOf, uniqueBlocks } from "../src/index.js";
import { contentOf } from "./content.js";
import { randomIntegers, TEST_SEED } from "./random.js";

const MIB = 1 << 20;

/** How many deviations a chi-square of `cells` cells lies from its mean. */
function deviationsOf(counts: Float64Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const expected = total / counts.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (chiSquare - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1));
}

/** How often each pair of a byte and the one `distance` further on occurs. */
function pairsOf(bytes: Uint8Array, distance: number): Float64Array {
  const counts = new Float64Array(65_536);
  for (let i = 0; i + distance < bytes.length; i++) {
    const pair = ((bytes[i] as number) << 8) | (bytes[i + distance] as number);
    counts[pair] = (counts[pair] as number) + 1;
  }
  return counts;
}

/** The correlation of bytes with those `distance` further on, in deviations of independent ones. */
function correlationOf(bytes: Uint8Array, distance: number): number {
  let sum = 0;
  const mean = 127.5;
  const variance = (256 ** 2 - 1) / 12;
  const pairs = bytes.length - distance;
  for (let i = 0; i < pairs; i++) sum += ((bytes[i] as number) - mean) * ((bytes[i + distance] as number) - mean);
  return sum / variance / Math.sqrt(pairs);
}

describe.each([1, 2] as const)("unique blocks of recipe version %i", (version) => {
  const bytes = contentOf(createRecipe({ size: 16 * MIB, seed: 20_260_101n, version }));

  it("have all bytes equally often", () => {
    const counts = new Float64Array(256);
    for (const byte of bytes) counts[byte] = (counts[byte] as number) + 1;
    expect(Math.abs(deviationsOf(counts))).toBeLessThan(5);
  });

  it("have bytes that do not follow from those before", () => {
    for (const distance of [1, 2, 3, 4, 8, 16, 24, 32, 64, 112, 128, 4096, 65_536]) {
      expect(Math.abs(correlationOf(bytes, distance)), `distance ${distance}`).toBeLessThan(5);
    }
  });

  it("have bits that are set in half of the words, each of the 64", () => {
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const set = new Float64Array(64);
    const count = MIB;
    for (let i = 0; i < count; i++) {
      for (const half of [0, 32]) {
        const word = words.getUint32(i * 8 + half / 8, true);
        for (let bit = 0; bit < 32; bit++) set[half + bit] = (set[half + bit] as number) + ((word >>> bit) & 1);
      }
    }
    for (const ones of set) expect(Math.abs(ones - count / 2) / Math.sqrt(count / 4)).toBeLessThan(5.5);
  });
});

describe("pairs of bytes 16 apart", () => {
  const deviations = (version: 1 | 2) =>
    deviationsOf(pairsOf(contentOf(createRecipe({ size: 48 * MIB, seed: 42n, version })), 16));

  it("are uneven in version 1, as docs/recipe-v2.md says: what is frozen is not mended", () => {
    expect(deviations(1)).toBeGreaterThan(4);
  });

  it("are even in version 2", () => {
    expect(Math.abs(deviations(2))).toBeLessThan(4);
  });
});

describe("different seeds and versions", () => {
  it("share no 64 bytes", () => {
    const seen = new Set<string>();
    let pieces = 0;
    for (const version of [1, 2] as const) {
      for (const seed of [0n, 1n, 2n, 1n << 63n, deriveObjectSeed(1n, 0), deriveObjectSeed(1n, 1)]) {
        const bytes = Buffer.from(contentOf(createRecipe({ size: 256 << 10, seed, version })));
        for (let at = 0; at < bytes.length; at += 64, pieces++) seen.add(bytes.toString("latin1", at, at + 64));
      }
    }
    expect(seen.size).toBe(pieces);
  });
});

describe("1 TiB of block ids", () => {
  it(`repeats none but as the quota says: blocks drawn from all of it differ (SLUICE_TEST_SEED=${TEST_SEED})`, () => {
    const random = randomIntegers(TEST_SEED);
    for (const version of [1, 2] as const) {
      const recipe = createRecipe({ size: 2 ** 40, blockSize: 4096, seed: 6n, dedup: 1.7, version });
      const unique = uniqueBlocks(recipe);
      expect(unique).toBe(Math.floor((2 ** 28 * 1000 + 850) / 1700));
      const generator = new DataGenerator(recipe);
      const byId = new Map<number, string>();
      const contents = new Set<string>();
      for (let i = 0; i < 20_000; i++) {
        const block = i < 10_000 ? random(2 ** 28) : i * 10_007;
        const id = uniqueBlockOf(recipe, block);
        const hash = createHash("sha256")
          .update(generator.piece(block * 4096, 4096))
          .digest("base64");
        expect(byId.get(id) ?? hash).toBe(hash);
        byId.set(id, hash);
        contents.add(hash);
      }
      expect(contents.size).toBe(byId.size);
    }
  });

  it("has row keys that never meet: they are a bijection of the row's number", () => {
    // mix and the steps of G are bijections of 64 bits, so keys are equal only for equal rows; a sample of neighbours and far ones.
    const recipe = createRecipe({ size: 2 ** 40, seed: 6n, version: 2 });
    const generator = new DataGenerator(recipe);
    const rows = new Set<string>();
    const places = Array.from({ length: 30_000 }, (_, i) => (i < 15_000 ? i : i * 271_828) * 128);
    for (const offset of places) rows.add(Buffer.from(generator.piece(offset, 128)).toString("latin1"));
    expect(rows.size).toBe(places.length);
  });
});

describe("any window of 4 KiB", () => {
  it.each([1, 2] as const)(
    "has the same share of random bytes in version %i, and none is the duplicate of another",
    (version) => {
      const compress = 2.5;
      const bytes = Buffer.from(contentOf(createRecipe({ size: 4 * MIB, seed: 8n, compress, version })));
      const seen = new Set<string>();
      for (let at = 0; at < bytes.length; at += 4096) seen.add(bytes.toString("latin1", at, at + 4096));
      expect(seen.size).toBe(bytes.length / 4096);
      for (const start of [0, 1000, 65_536 - 2048, 3 * MIB + 8]) {
        const words = Array.from({ length: 512 }, (_, i) => bytes.readBigUInt64LE(start - (start % 8) + i * 8));
        const different = new Set(words).size;
        expect(Math.abs(different - 512 / compress)).toBeLessThanOrEqual(4);
      }
    },
  );
});
