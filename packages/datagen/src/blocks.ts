import { toMilli } from "./factor.js";
import type { Recipe } from "./recipe.js";

/** How many dedup blocks are whole; the rest of the object, if any, is its tail. */
export function fullBlocks(recipe: Recipe): number {
  return Math.floor(recipe.size / recipe.blockSize);
}

/**
 * How many unique blocks the full blocks of the recipe's scope have, which is the object itself unless the recipe says
 * otherwise: their number ÷ dedup, rounded half up, and at least 1 if there are any.
 */
export function uniqueBlocks(recipe: Recipe): number {
  const full = scopeOf(recipe).blocks;
  if (full === 0) return 0;
  const dedupMilli = BigInt(toMilli(recipe.dedup));
  const unique = (BigInt(full) * 1000n + dedupMilli / 2n) / dedupMilli;
  return Math.max(1, Number(unique));
}

/**
 * Which unique block the dedup block number `block` repeats. Blocks of equal unique ids hold equal bytes; the tail has an
 * id of its own.
 */
export function uniqueBlockOf(recipe: Recipe, block: number): number {
  const unique = uniqueBlocks(recipe);
  const { blocks, firstBlock, index } = scopeOf(recipe);
  if (block >= fullBlocks(recipe)) return unique + index;
  const place = firstBlock + block;
  if (recipe.version === 1 || recipe.placement === "far") return place % unique;
  // The first blocks have one copy more, so that all of them together fill the scope.
  const copies = Math.floor(blocks / unique);
  const more = blocks % unique;
  const long = more * (copies + 1);
  return place < long ? Math.floor(place / (copies + 1)) : more + Math.floor((place - long) / copies);
}

/** Which blocks an object shares its duplicates with; those of its own where the recipe has no scope. */
export function scopeOf(recipe: Recipe): {
  readonly blocks: number;
  readonly firstBlock: number;
  readonly index: number;
} {
  const scope = recipe.version === 1 ? undefined : recipe.scope;
  return scope ?? { blocks: fullBlocks(recipe), firstBlock: 0, index: 0 };
}

/** How many bytes of the tail its quota of random words is reckoned from. */
export function tailQuotaBytes({ version, size, blockSize }: Recipe): number {
  return version === 1 ? blockSize : Math.ceil((size % blockSize) / 8) * 8;
}
