import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRecipe, DataGenerator, type RecipeOptions, uniqueBlockOf, uniqueBlocks } from "../src/index.js";
import { contentOf } from "./content.js";
import { randomIntegers, TEST_SEED } from "./random.js";
import { referenceBytes2, referenceIds } from "./reference-v2.js";
import { refuses } from "./refuses.js";

type VectorOptions = Omit<RecipeOptions, "seed"> & { readonly name: string; readonly seed: string };
interface Vectors {
  readonly objects: readonly (VectorOptions & { readonly sha256: string; readonly first32: string })[];
  readonly windows: readonly (VectorOptions & {
    readonly sha256: string;
    readonly offset: number;
    readonly length: number;
  })[];
}

/** The vectors of recipe version 2, made by the reference. They never change: data that was written must verify for ever. */
const VECTORS = JSON.parse(readFileSync(new URL("./recipe-v2.vectors.json", import.meta.url), "utf8")) as Vectors;

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("the vectors of recipe version 2", () => {
  it.each(VECTORS.objects)("object: $name", ({ sha256: expected, first32, seed, name: _name, ...options }) => {
    const bytes = contentOf(createRecipe({ ...options, version: 2, seed: BigInt(seed) }));
    expect(Buffer.from(bytes.subarray(0, 32)).toString("hex")).toBe(first32);
    expect(sha256(bytes)).toBe(expected);
  });

  it.each(VECTORS.windows)("window: $name", ({ offset, length, sha256: expected, name: _name, seed, ...options }) => {
    const bytes = new Uint8Array(length);
    new DataGenerator(createRecipe({ ...options, version: 2, seed: BigInt(seed) })).fill(bytes, offset);
    expect(sha256(bytes)).toBe(expected);
  });

  it("are on the page, every one of them", () => {
    const page = readFileSync(new URL("../../../docs/recipe-v2.md", import.meta.url), "utf8");
    for (const { name, sha256: hash } of [...VECTORS.objects, ...VECTORS.windows]) {
      expect(page).toMatch(new RegExp(`^\\| ${name} \\|.*\`${hash}\` \\|$`, "m"));
    }
  });
});

describe("the kernel and the reference of version 2", () => {
  it(`agree on random recipes and windows (SLUICE_TEST_SEED=${TEST_SEED})`, () => {
    const random = randomIntegers(TEST_SEED);
    for (let round = 0; round < 200; round++) {
      const blockSize = 512 << random(12);
      const size = random([1000, 100_000, 2 ** 24, 2 ** 40][random(4)] ?? 1) + 1;
      const own = Math.floor(size / blockSize);
      const others = random(1000);
      const scope = { blocks: own + others, firstBlock: random(others + 1), index: random(2 ** 32) };
      const recipe = createRecipe({
        ...{ size, blockSize, version: 2, placement: random(2) === 0 ? "far" : "near" },
        ...(random(2) === 0 && { scope }),
        seed: BigInt(random(2 ** 53)) << BigInt(random(12)),
        dedup: (1000 + random([1, 1000, 3000, 999_001][random(4)] ?? 1)) / 1000,
        compress: (1000 + random([1, 1000, 5000, 999_001][random(4)] ?? 1)) / 1000,
      });
      const offset = random(size);
      const actual = new Uint8Array(Math.min(1 + random(10_000), size - offset));
      new DataGenerator(recipe).fill(actual, offset);
      const expected = referenceBytes2(recipe as Parameters<typeof referenceBytes2>[0], offset, actual.byteLength);
      expect(Buffer.compare(actual, expected), `round ${round}, ${offset}: ${String(recipe.size)}`).toBe(0);
    }
  });
});

describe("placements and scopes", () => {
  it.each(["far", "near"] as const)("%s: every id occurs floor or ceil of its share, and all of them", (placement) => {
    for (const [full, dedup] of [
      [20, 1.7],
      [100, 4],
      [7, 10],
      [64, 1],
    ] as const) {
      const recipe = createRecipe({ size: full * 512, blockSize: 512, dedup, placement, seed: 1n });
      const counts = new Map<number, number>();
      for (let block = 0; block < full; block++) {
        const id = uniqueBlockOf(recipe, block);
        expect(BigInt(id)).toBe(referenceIds(BigInt(full), BigInt(uniqueBlocks(recipe)), placement, BigInt(block)));
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      expect(counts.size).toBe(uniqueBlocks(recipe));
      const share = full / counts.size;
      for (const count of counts.values()) expect([Math.floor(share), Math.ceil(share)]).toContain(count);
    }
  });

  it("objects of one scope share their blocks as one object of all of them would", () => {
    const scope = { blocks: 32, index: 0 };
    const options = { blockSize: 512, dedup: 2, seed: 9n, compress: 1.5 };
    const first = contentOf(createRecipe({ ...options, size: 20 * 512, scope: { ...scope, firstBlock: 0 } }));
    const second = contentOf(createRecipe({ ...options, size: 12 * 512, scope: { ...scope, firstBlock: 20 } }));
    const whole = contentOf(createRecipe({ ...options, size: 32 * 512, version: 2 }));
    expect(Buffer.compare(Buffer.concat([first, second]), whole)).toBe(0);
  });

  it("tails of one scope differ by the object's number", () => {
    const tail = (index: number) =>
      contentOf(createRecipe({ size: 100, seed: 9n, scope: { blocks: 0, firstBlock: 0, index } }));
    expect(Buffer.compare(tail(0), tail(1))).not.toBe(0);
  });

  it("an object smaller than a period has its exact share of random words", () => {
    for (const [size, compress] of [
      [1000, 2],
      [4096, 1.7],
      [800, 10],
    ] as const) {
      const bytes = contentOf(createRecipe({ size, compress, seed: 5n, version: 2 }));
      const words = Array.from({ length: size / 8 }, (_, i) => Buffer.from(bytes).readBigUInt64LE(i * 8));
      const filler = words.at(-1);
      expect(words.filter((word) => word !== filler).length).toBe(Math.floor(((size / 8) * 1000) / (compress * 1000)));
    }
  });

  it("refuses what is outside of their limits", () => {
    const refused = (options: object, message: RegExp) =>
      refuses(
        () => createRecipe({ size: 1024, blockSize: 512, ...options } as RecipeOptions),
        "InvalidArgument",
        message,
      );
    refused({ placement: "wide" }, /placement must be one of far, near/);
    refused({ version: 1, placement: "near" }, /of recipe version 2/);
    refused({ scope: { blocks: 1, firstBlock: 0, index: 0 } }, /scope.blocks/);
    refused({ scope: { blocks: 2, firstBlock: 1, index: 0 } }, /scope.firstBlock/);
    refused({ scope: { blocks: 2, firstBlock: 0, index: -1 } }, /scope.index/);
    refused({ scope: { blocks: 2, firstBlock: 0 } }, /scope.index/);
    refused({ scope: { blocks: 2, firstBlock: 0, index: 0, more: 1 } }, /unknown option "more"/);
    refused({ scope: null }, /./);
  });
});
