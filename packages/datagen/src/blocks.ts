import { toMilli } from "./factor.js";
import type { Recipe } from "./recipe.js";

/** How many dedup blocks are whole; the rest of the object, if any, is its tail. */
export function fullBlocks(recipe: Recipe): number {
  return Math.floor(recipe.size / recipe.blockSize);
}

/** How many of the full blocks are unique: their number ÷ dedup, rounded half up, and at least 1 if there are any. */
export function uniqueBlocks(recipe: Recipe): number {
  const full = fullBlocks(recipe);
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
  return block < fullBlocks(recipe) ? block % unique : unique;
}
