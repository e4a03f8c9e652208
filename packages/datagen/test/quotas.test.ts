import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createRecipe, DataGenerator, fullBlocks, type Recipe, uniqueBlockOf, uniqueBlocks } from "../src/index.js";

describe("dedup", () => {
  it.each([1, 1.3, 1.7, 2, 3, 10, 999.999])("%d:1 is an exact quota, evenly spread", (dedup) => {
    const recipe = createRecipe({ size: 1000 * 512 + 100, blockSize: 512, dedup, compress: 2, seed: 3n });
    const expectedUnique = Math.max(1, Math.round(1000 / dedup));
    const blocks = digests(recipe, 512);
    const full = blocks.slice(0, 1000);
    expect(fullBlocks(recipe)).toBe(1000);
    expect(uniqueBlocks(recipe)).toBe(expectedUnique);
    expect(new Set(full).size).toBe(expectedUnique);
    const counts = [...countEach(full).values()];
    expect(Math.min(...counts)).toBe(Math.floor(1000 / expectedUnique));
    expect(Math.max(...counts)).toBe(Math.ceil(1000 / expectedUnique));
    for (let block = 0; block < 1000; block++) {
      expect(full[block]).toBe(full[uniqueBlockOf(recipe, block)]);
      expect(uniqueBlockOf(recipe, block)).toBe(block % expectedUnique);
    }
  });

  it("never repeats the tail", () => {
    const recipe = createRecipe({ size: 10 * 512 + 511, blockSize: 512, dedup: 1000, seed: 3n });
    const bytes = contentOf(recipe);
    expect(uniqueBlocks(recipe)).toBe(1);
    expect(uniqueBlockOf(recipe, 10)).toBe(1);
    expect(bytes.subarray(5120).equals(bytes.subarray(0, 511))).toBe(false);
  });

  it("has no unique blocks where there are no full ones", () => {
    expect(uniqueBlocks(createRecipe({ size: 511, blockSize: 512, dedup: 2 }))).toBe(0);
    expect(uniqueBlocks(createRecipe({ size: 0 }))).toBe(0);
  });
});

describe("compress", () => {
  it.each([1, 1.5, 2, 3, 5, 7.123, 10, 100, 1000])("%d:1 is an exact quota of random words in a block", (compress) => {
    const recipe = createRecipe({ size: 8 * 65_536, compress, seed: 11n });
    const bytes = contentOf(recipe);
    for (let block = 0; block < 8; block++) {
      const words = new BigUint64Array(bytes.buffer, bytes.byteOffset + block * 65_536, 8192);
      const filler = words[words.length - 1];
      const random = words.filter((word) => word !== filler).length;
      expect(compress === 1 ? words.length : random).toBe(Math.floor(8_192_000 / Math.round(compress * 1000)));
    }
  });

  it.each([1.5, 2, 3, 5, 10])("%d:1 is what gzip makes of it, but for its own overhead", (compress) => {
    const recipe = createRecipe({ size: 4 << 20, compress, seed: 12_345n });
    const ratio = recipe.size / gzipSync(contentOf(recipe), { level: 6 }).byteLength;
    expect(ratio / compress).toBeGreaterThan(0.94);
    expect(ratio / compress).toBeLessThan(1.005);
  });

  it.each([1, 2, 10, 512])("%d:1 makes no duplicates, not even of 4 KiB", (compress) => {
    const blocks = digests(createRecipe({ size: 8 << 20, compress, seed: 5n }), 4096);
    expect(new Set(blocks).size).toBe(2048);
  });

  it("spreads the random words: each 4 KiB holds its share of them", () => {
    const bytes = contentOf(createRecipe({ size: 1 << 20, compress: 3, seed: 5n }));
    for (let start = 0; start < bytes.byteLength; start += 4096) {
      const words = new BigUint64Array(bytes.buffer, bytes.byteOffset + start, 512);
      const random = words.filter((word) => word !== words[511]).length;
      expect(Math.abs(random - 512 / 3)).toBeLessThan(1);
    }
  });
});

describe("random data", () => {
  it("has all bytes equally often, at each place of a word", () => {
    const bytes = contentOf(createRecipe({ size: 16 << 20, seed: 99n }));
    const counts = Array.from({ length: 8 }, () => new Uint32Array(256));
    for (let i = 0; i < bytes.byteLength; i++) {
      const place = counts[i & 7] ?? new Uint32Array(256);
      place[bytes[i] ?? 0] = (place[bytes[i] ?? 0] ?? 0) + 1;
    }
    const expected = bytes.byteLength / 8 / 256;
    for (const place of counts) {
      const chiSquare = place.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // 255 degrees of freedom: mean 255, deviation 22.6. The data is fixed, so this either holds or it does not.
      expect(chiSquare).toBeGreaterThan(165);
      expect(chiSquare).toBeLessThan(345);
    }
  });
});

function contentOf(recipe: Recipe): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(recipe.size));
  new DataGenerator(recipe).fill(bytes, 0);
  return bytes;
}

function digests(recipe: Recipe, blockBytes: number): readonly string[] {
  const chunks = new DataGenerator(recipe).chunks({}, blockBytes);
  return Array.from(chunks, (chunk) => createHash("sha1").update(chunk).digest("hex"));
}

function countEach(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
