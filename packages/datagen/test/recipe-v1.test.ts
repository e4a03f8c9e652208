import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRecipe, DataGenerator, deriveObjectSeed } from "../src/index.js";
import { mix } from "../src/mix.js";
import { randomIntegers, TEST_SEED } from "./random.js";
import * as reference from "./reference.js";
import { VECTORS } from "./vectors.js";

const hex = (value: bigint) => value.toString(16).padStart(16, "0");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("the vectors of recipe version 1", () => {
  it.each(VECTORS.mix)("mix of $input", ({ input, output }) => {
    expect(hex(mix(BigInt(`0x${input}`)))).toBe(output);
    expect(hex(reference.mix(BigInt(`0x${input}`)))).toBe(output);
  });

  it.each(VECTORS.keys)("sub-keys of seed $seed", ({ seed, ...words }) => {
    const { h, K, F, A, B } = reference.subKeys(BigInt(seed));
    const tables = { "T1[0]": reference.tableWord(A, 0n), "T2[1039]": reference.tableWord(B, 1039n) };
    const actual = Object.entries({ h, K, F, A, B, ...tables }).map(([name, word]) => [name, hex(word)]);
    expect(Object.fromEntries(actual)).toEqual(words);
  });

  it.each(VECTORS.objectSeeds)("seed of object $index of dataset $datasetSeed", ({ datasetSeed, index, seed }) => {
    expect(deriveObjectSeed(BigInt(datasetSeed), index).toString()).toBe(seed);
    expect(reference.objectSeed(BigInt(datasetSeed), BigInt(index)).toString()).toBe(seed);
  });

  it.each(VECTORS.objects)("object: $name", ({ sha256: expected, first32, seed, name: _name, ...options }) => {
    const generator = new DataGenerator(createRecipe({ ...options, seed: BigInt(seed) }));
    const bytes = new Uint8Array(options.size);
    generator.fill(bytes, 0);
    expect(sha256(bytes)).toBe(expected);
    expect(Buffer.from(bytes.subarray(0, 32)).toString("hex")).toBe(first32);
  });

  it.each(VECTORS.windows)("window: $name", ({ offset, length, sha256: expected, name: _name, seed, ...options }) => {
    const generator = new DataGenerator(createRecipe({ ...options, seed: BigInt(seed) }));
    const bytes = new Uint8Array(length);
    generator.fill(bytes, offset);
    expect(sha256(bytes)).toBe(expected);
  });
});

describe("the kernel and the reference", () => {
  it(`agree on random recipes and windows (SLUICE_TEST_SEED=${TEST_SEED})`, () => {
    const random = randomIntegers(TEST_SEED);
    for (let round = 0; round < 200; round++) {
      const blockSize = 512 << random(16);
      const recipe = createRecipe({
        seed: BigInt(random(2 ** 53)) << BigInt(random(12)),
        size: random([1000, 100_000, 2 ** 24, 2 ** 40, 2 ** 53 - 1][random(5)] ?? 1) + 1,
        blockSize,
        dedup: (1000 + random([1, 1000, 3000, 999_001][random(4)] ?? 1)) / 1000,
        compress: (1000 + random([1, 1000, 5000, 999_001][random(4)] ?? 1)) / 1000,
      });
      const offset = random(recipe.size);
      const length = Math.min(1 + random(10_000), recipe.size - offset);
      const actual = new Uint8Array(length);
      new DataGenerator(recipe).fill(actual, offset);
      const expected = reference.referenceBytes(recipe, offset, length);
      expect(Buffer.compare(actual, expected), `round ${round}, ${offset}+${length} of ${describeRecipe(recipe)}`).toBe(
        0,
      );
    }
  });
});

describe("docs/recipe-v1.md", () => {
  const page = readFileSync(new URL("../../../docs/recipe-v1.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| "));
  const row = (...cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const code = (text: string) => `\`${text}\``;

  it("shows exactly the vectors that the tests read", () => {
    const expected = [
      ...VECTORS.mix.map(({ input, output }) => row(code(input), code(output))),
      ...VECTORS.keys.map(({ seed, ...words }) => row(seed, ...Object.values(words).map(code))),
      ...VECTORS.objectSeeds.map(({ datasetSeed, index, seed }) => row(datasetSeed, index, seed)),
      ...VECTORS.objects.map((vector) => row(...cellsOf(vector), code(vector.sha256))),
      ...VECTORS.objects.filter(({ size }) => size > 0).map(({ name, first32 }) => row(name, code(first32))),
      ...VECTORS.windows.map((vector) => row(...cellsOf(vector), vector.offset, vector.length, code(vector.sha256))),
    ];
    const vectors = page.slice(page.indexOf("## Test vectors")).split("\n");
    const headings = vectors.filter((_, index) => vectors[index + 1]?.startsWith("|---"));
    const shown = vectors.filter((line) => line.startsWith("| ") && !headings.includes(line));
    expect(shown).toEqual(expected);
    expect(rows.length).toBeGreaterThanOrEqual(expected.length);
  });

  type Vector = (typeof VECTORS.objects)[number] | (typeof VECTORS.windows)[number];
  const cellsOf = ({ name, seed, size, blockSize, dedup, compress }: Vector) =>
    [name, seed, size, blockSize, dedup, compress] as const;
});

function describeRecipe(recipe: reference.ReferenceRecipe): string {
  return JSON.stringify(recipe, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
}
