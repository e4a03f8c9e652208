import { describe, expect, it } from "vitest";
import {
  createRecipe,
  deriveObjectSeed,
  MAX_SEED,
  type RecipeOptions,
  recipeFromJson,
  recipeToJson,
} from "../src/index.js";
import { refuses } from "./refuses.js";

describe("createRecipe", () => {
  it("fills in the defaults and freezes the recipe", () => {
    const recipe = createRecipe({ size: 10, seed: 7n });
    expect(recipe).toEqual({ version: 1, seed: 7n, size: 10, blockSize: 65_536, dedup: 1, compress: 1 });
    expect(Object.isFrozen(recipe)).toBe(true);
  });

  it("takes 0 for 1 and thousandths as factors", () => {
    expect(createRecipe({ size: 1, dedup: 0, compress: 0 })).toMatchObject({ dedup: 1, compress: 1 });
    expect(createRecipe({ size: 1, dedup: 1.001, compress: 999.999 })).toMatchObject({
      dedup: 1.001,
      compress: 999.999,
    });
    for (let milli = 1000; milli <= 1_000_000; milli += 997) createRecipe({ size: 1, dedup: milli / 1000 });
  });

  it("chooses a fresh seed if none is given", () => {
    const seeds = new Set(Array.from({ length: 100 }, () => createRecipe({ size: 1 }).seed));
    expect(seeds.size).toBe(100);
    for (const seed of seeds) expect(seed >= 0n && seed <= MAX_SEED).toBe(true);
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{}, /size must be a whole number/],
    [{ size: -1 }, /size must be a whole number from 0/],
    [{ size: 1.5 }, /size must be a whole number/],
    [{ size: 2 ** 53 }, /9007199254740991/],
    [{ size: "1" }, /size must be a whole number/],
    [{ size: 1, seed: -1n }, /seed must be a bigint from 0n/],
    [{ size: 1, seed: 1n << 64n }, /2\^64 - 1/],
    [{ size: 1, seed: 7 }, /seed must be a bigint .* got number 7/],
    [{ size: 1, blockSize: 256 }, /blockSize must be a whole number from 512 to 16777216/],
    [{ size: 1, blockSize: 32 << 20 }, /blockSize/],
    [{ size: 1, blockSize: 1000 }, /power of two/],
    [{ size: 1, dedup: 0.5 }, /dedup must be a number from 1 to 1000 .* got 0.5/],
    [{ size: 1, dedup: 1000.001 }, /dedup/],
    [{ size: 1, dedup: 1.0001 }, /at most 3 decimals/],
    [{ size: 1, compress: Number.NaN }, /compress/],
    [{ size: 1, compress: -1 }, /compress/],
    [{ size: 1, compress: "2" }, /compress/],
    [
      { size: 1, dedupe: 2 },
      /unknown option "dedupe" \(known: size, seed, dedup, compress, blockSize, version, placement, scope\)/,
    ],
  ])("refuses %o", (options, message) => {
    refuses(() => createRecipe(options as unknown as RecipeOptions), "InvalidArgument", message);
  });

  it("refuses what is no options object", () => {
    for (const options of [null, undefined, 7, []]) {
      refuses(() => createRecipe(options as unknown as RecipeOptions), "InvalidArgument", /must be an object/);
    }
  });
});

describe("recipeToJson and recipeFromJson", () => {
  const recipe = createRecipe({ size: 123, seed: MAX_SEED, dedup: 1.7, compress: 2.5, blockSize: 512 });
  const json = recipeToJson(recipe);

  it("keep a recipe through JSON text", () => {
    expect(json.seed).toBe("18446744073709551615");
    expect(recipeFromJson(JSON.parse(JSON.stringify(json)))).toEqual(recipe);
  });

  it("refuse another version with the remedy", () => {
    refuses(
      () => recipeFromJson({ ...json, version: 3 }),
      "Unsupported",
      /version 3 .*known: 1, 2.*use the @sluice\/datagen/,
    );
    refuses(() => recipeFromJson({ ...json, version: "1" }), "Unsupported", /version "1"/);
    refuses(() => recipeFromJson({}), "Unsupported", /version none/);
    refuses(() => recipeToJson({ ...recipe, version: 3 as 1 }), "Unsupported", /version 3/);
  });

  it.each<[unknown, RegExp]>([
    [null, /must be an object/],
    ["{}", /parse JSON text first/],
    [[], /must be an object/],
    [{ ...json, seed: 7 }, /decimal digits/],
    [{ ...json, seed: "-7" }, /decimal digits/],
    [{ ...json, seed: "0x7" }, /decimal digits/],
    [{ ...json, seed: "007" }, /decimal digits/],
    [{ ...json, seed: "18446744073709551616" }, /seed must be a bigint/],
    [{ ...json, size: undefined }, /size/],
    [{ ...json, dedup: undefined }, /dedup/],
    [{ ...json, compress: "3" }, /compress/],
    [{ ...json, blockSize: 3 }, /blockSize/],
    [{ ...json, extra: 1 }, /unknown option "extra"/],
  ])("refuse %o", (value, message) => {
    refuses(() => recipeFromJson(value), "InvalidArgument", message);
  });

  it("refuse what is no recipe", () => {
    refuses(() => recipeToJson(null as never), "InvalidArgument", /must be an object/);
  });
});

describe("deriveObjectSeed", () => {
  it("gives every object of a dataset another seed", () => {
    const seeds = new Set(Array.from({ length: 1000 }, (_, index) => deriveObjectSeed(7n, index)));
    expect(seeds.size).toBe(1000);
  });

  it("refuses what is no seed or no index", () => {
    refuses(() => deriveObjectSeed(7 as never, 0), "InvalidArgument", /datasetSeed must be a bigint/);
    refuses(() => deriveObjectSeed(7n, -1), "InvalidArgument", /index must be a whole number/);
    refuses(() => deriveObjectSeed(7n, 0.5), "InvalidArgument", /index/);
  });
});
