import { checkInteger, checkOptions, ObjectStoreError } from "@sluice/core";
import { checkFactor } from "./factor.js";
import { checkSeed, randomSeed } from "./seed.js";

/** The algorithm's version; docs/recipe-v1.md defines every byte. */
export const RECIPE_VERSION = 1;

/** The size of a dedup block, unless the recipe says otherwise. */
export const DEFAULT_BLOCK_BYTES = 65_536;
export const MIN_BLOCK_BYTES = 512;
export const MAX_BLOCK_BYTES: number = 16 << 20;

/** Fixes every byte of an object: its content is a function of the recipe and the offset, on every machine and for ever. */
export interface Recipe {
  readonly version: typeof RECIPE_VERSION;
  /** 0n to 2^64 - 1. */
  readonly seed: bigint;
  /** The object's size in bytes, 0 to 2^53 - 1. */
  readonly size: number;
  /** The size of a dedup block in bytes: a power of two from 512 to 16 MiB. */
  readonly blockSize: number;
  /** N:1, full blocks to unique full blocks: 1 to 1000, at most 3 decimals. */
  readonly dedup: number;
  /** N:1, bytes of a unique block to random bytes in it: 1 to 1000, at most 3 decimals. */
  readonly compress: number;
}

export interface RecipeOptions {
  readonly size: number;
  /** Default: a fresh random seed, which the recipe then holds. */
  readonly seed?: bigint;
  /** Default 1: no duplicates. 0 means 1. */
  readonly dedup?: number;
  /** Default 1: nothing to compress. 0 means 1. */
  readonly compress?: number;
  /** Default 65,536. */
  readonly blockSize?: number;
}

/** The names of {@link RecipeOptions}. */
export const RECIPE_OPTION_NAMES: readonly string[] = ["size", "seed", "dedup", "compress", "blockSize"];

/** A recipe of the current version. InvalidArgument for unknown options and for values outside of their limits. */
export function createRecipe(options: RecipeOptions): Recipe {
  checkOptions(options ?? null, RECIPE_OPTION_NAMES, "createRecipe");
  const { size, seed = randomSeed(), dedup = 1, compress = 1, blockSize = DEFAULT_BLOCK_BYTES } = options;
  return checkRecipe({ version: RECIPE_VERSION, seed, size, blockSize, dedup, compress }, "createRecipe");
}

/** `recipe` with its values checked and frozen. InvalidArgument names the limit; Unsupported for another version. */
export function checkRecipe(recipe: Recipe, operation: string): Recipe {
  if (typeof recipe !== "object" || recipe === null) {
    throw new ObjectStoreError("InvalidArgument", `${operation}: a recipe must be an object, see createRecipe`, {
      operation,
    });
  }
  checkVersion(recipe.version, operation);
  const { seed, size, blockSize } = recipe;
  checkSeed(seed, "seed", operation);
  checkInteger(size, "size", 0, Number.MAX_SAFE_INTEGER, operation);
  checkBlockSize(blockSize, operation);
  const dedup = checkFactor(recipe.dedup, "dedup", operation);
  const compress = checkFactor(recipe.compress, "compress", operation);
  return Object.freeze({ version: RECIPE_VERSION, seed, size, blockSize, dedup, compress });
}

/** Refuses with Unsupported another version of the algorithm than this package has. */
export function checkVersion(version: unknown, operation: string): void {
  if (version === RECIPE_VERSION) return;
  const got = typeof version === "number" ? String(version) : (JSON.stringify(version) ?? "none");
  throw new ObjectStoreError(
    "Unsupported",
    `${operation}: recipe version ${got} is unknown here (known: ${RECIPE_VERSION}); use the @sluice/datagen that made it, or a later one`,
    { operation },
  );
}

function checkBlockSize(blockSize: number, operation: string): void {
  checkInteger(blockSize, "blockSize", MIN_BLOCK_BYTES, MAX_BLOCK_BYTES, operation);
  if ((blockSize & (blockSize - 1)) === 0) return;
  throw new ObjectStoreError("InvalidArgument", `${operation}: blockSize must be a power of two, got ${blockSize}`, {
    operation,
  });
}
