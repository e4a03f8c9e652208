import { fullBlocks, uniqueBlocks } from "../blocks.js";
import type { Recipe } from "../recipe.js";
import type { MeasureReport } from "./report.js";

/** What recipes promise a meter that looks at blocks of their own size. */
export interface Expectation {
  readonly blockBytes: number;
  /** All blocks, tails included. */
  readonly blocks: number;
  /** Different ones, tails included: exactly, unless tails are so short that they are equal by chance. */
  readonly distinctBlocks: number;
  /** Of unique blocks. */
  readonly compress: number;
}

/** How a measurement differs from its recipe. */
export interface Deviation {
  readonly expected: number;
  readonly measured: number;
  /** `measured` ÷ `expected` - 1. */
  readonly deviation: number;
}

/** The expectation of objects that differ in seed, size and place in their scope only, as those of a dataset do; undefined without any. */
export function expectationOf(recipes: Iterable<Recipe>): Expectation | undefined {
  let first: Recipe | undefined;
  let blocks = 0;
  let distinctBlocks = 0;
  for (const recipe of recipes) {
    const isShared = recipe.version === 2 && recipe.scope !== undefined;
    // The blocks of a scope are shared, and counted once.
    if (first === undefined || !isShared) distinctBlocks += uniqueBlocks(recipe);
    first ??= recipe;
    const tails = recipe.size % recipe.blockSize === 0 ? 0 : 1;
    blocks += fullBlocks(recipe) + tails;
    distinctBlocks += tails;
  }
  return first && { blockBytes: first.blockSize, blocks, distinctBlocks, compress: first.compress };
}

/** How far a report is from what was expected; only what the report measured with the right settings. */
export function compareWithRecipe(
  { fixedDedup, uniqueCompression }: MeasureReport,
  { blockBytes, distinctBlocks, compress }: Expectation,
): { readonly distinctBlocks?: Deviation; readonly compress?: Deviation } {
  const dedup = fixedDedup.find((found) => found.blockBytes === blockBytes);
  const zstd = uniqueCompression?.compression.find(({ name }) => name === "zstd-3");
  return {
    ...(dedup !== undefined && { distinctBlocks: deviationOf(distinctBlocks, dedup.distinctBlocks) }),
    ...(zstd !== undefined && { compress: deviationOf(compress, zstd.ratio) }),
  };
}

function deviationOf(expected: number, measured: number): Deviation {
  return { expected, measured, deviation: expected === 0 ? 0 : measured / expected - 1 };
}
