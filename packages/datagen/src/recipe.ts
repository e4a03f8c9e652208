import { checkInteger, checkOptions, ObjectStoreError } from "@sluice/core";
import { checkFactor } from "./factor.js";
import { checkLayout } from "./recipe-layout.js";
import { checkSeed, randomSeed } from "./seed.js";

/** The algorithm's version unless a recipe asks for what only version 2 has; docs/recipe-v1.md defines every byte of it. */
export const RECIPE_VERSION = 1;

/** The version with placements, scopes and exact quotas for small objects; docs/recipe-v2.md defines every byte of it. */
export const RECIPE_VERSION_2 = 2;

/** The size of a dedup block, unless the recipe says otherwise. */
export const DEFAULT_BLOCK_BYTES = 65_536;
export const MIN_BLOCK_BYTES = 512;
export const MAX_BLOCK_BYTES: number = 16 << 20;

/** Fixes every byte of an object: its content is a function of the recipe and the offset, on every machine and for ever. */
export type Recipe = RecipeV1 | RecipeV2;

interface RecipeFields {
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

/** A recipe of docs/recipe-v1.md. */
export interface RecipeV1 extends RecipeFields {
  readonly version: typeof RECIPE_VERSION;
}

/** A recipe of docs/recipe-v2.md. */
export interface RecipeV2 extends RecipeFields {
  readonly version: typeof RECIPE_VERSION_2;
  /** `far`: copies of a block lie as far apart as they can; `near`: side by side. */
  readonly placement: Placement;
  /** Where the object's full blocks lie among those that share their duplicates; without it the object is alone. */
  readonly scope?: RecipeScope;
}

/** How far copies of a block lie from each other: as far as they can, or side by side. */
export type Placement = "far" | "near";

/** The part of an object in a run of full blocks, those of many objects one after the other, that are deduplicated as one. */
export interface RecipeScope {
  /** All full blocks of the scope. */
  readonly blocks: number;
  /** How many full blocks of other objects come before the object's. */
  readonly firstBlock: number;
  /** The object's number in the scope: tails of different objects differ by it. */
  readonly index: number;
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
  /** Default 1, or 2 where `placement` or `scope` is given. */
  readonly version?: 1 | 2;
  /** Default `far`. Of version 2. */
  readonly placement?: Placement;
  /** Default: the object alone. Of version 2. */
  readonly scope?: RecipeScope;
}

/** The names of {@link RecipeOptions}. */
export const RECIPE_OPTION_NAMES: readonly string[] = [
  "size",
  "seed",
  "dedup",
  "compress",
  "blockSize",
  "version",
  "placement",
  "scope",
];

/**
 * A recipe of version 1, or of version 2 where that is asked for or needed. InvalidArgument for unknown options and for
 * values outside of their limits.
 */
export function createRecipe(options: RecipeOptions): Recipe {
  checkOptions(options ?? null, RECIPE_OPTION_NAMES, "createRecipe");
  const { size, seed = randomSeed(), dedup = 1, compress = 1, blockSize = DEFAULT_BLOCK_BYTES } = options;
  const { placement, scope } = options;
  const needed = placement === undefined && scope === undefined ? RECIPE_VERSION : RECIPE_VERSION_2;
  const { version = needed } = options;
  const ofVersion2 = {
    ...(version === RECIPE_VERSION_2 && { placement: placement ?? "far" }),
    ...(placement !== undefined && { placement }),
    ...(scope !== undefined && { scope }),
  };
  return checkRecipe({ version, seed, size, blockSize, dedup, compress, ...ofVersion2 } as Recipe, "createRecipe");
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
  const fields = { seed, size, blockSize, dedup, compress };
  if (recipe.version === RECIPE_VERSION_2) {
    return Object.freeze({ version: RECIPE_VERSION_2, ...fields, ...checkLayout(recipe, operation) });
  }
  const { placement, scope } = recipe as unknown as Partial<RecipeV2>;
  if (placement !== undefined || scope !== undefined) {
    throw new ObjectStoreError("InvalidArgument", `${operation}: placement and scope are of recipe version 2`, {
      operation,
    });
  }
  return Object.freeze({ version: RECIPE_VERSION, ...fields });
}

/** Refuses with Unsupported another version of the algorithm than this package has. */
export function checkVersion(version: unknown, operation: string): void {
  if (version === RECIPE_VERSION || version === RECIPE_VERSION_2) return;
  const got = typeof version === "number" ? String(version) : (JSON.stringify(version) ?? "none");
  throw new ObjectStoreError(
    "Unsupported",
    `${operation}: recipe version ${got} is unknown here (known: ${RECIPE_VERSION}, ${RECIPE_VERSION_2}); use the @sluice/datagen that made it, or a later one`,
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
