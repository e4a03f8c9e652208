import { checkInteger, checkOptions, ObjectStoreError } from "@sluice/core";
import type { Placement, RecipeScope, RecipeV2 } from "./recipe.js";

const PLACEMENTS: readonly Placement[] = ["far", "near"];

/** The fields that version 2 adds, checked and frozen. InvalidArgument for what is outside of its limits. */
export function checkLayout(recipe: RecipeV2, operation: string): Pick<RecipeV2, "placement" | "scope"> {
  const { placement, scope } = recipe;
  if (!PLACEMENTS.includes(placement)) {
    const message = `${operation}: placement must be one of ${PLACEMENTS.join(", ")}, got ${String(placement)}`;
    throw new ObjectStoreError("InvalidArgument", message, { operation });
  }
  return scope === undefined ? { placement } : { placement, scope: checkScope(scope, recipe, operation) };
}

function checkScope(scope: RecipeScope, { size, blockSize }: RecipeV2, operation: string): RecipeScope {
  checkOptions(scope, ["blocks", "firstBlock", "index"], operation);
  const { blocks, firstBlock, index } = scope;
  const own = Math.floor(size / blockSize);
  // The ids of blocks and tails stay below 2^53, and the positions in the unique space below 2^64.
  checkInteger(blocks, "scope.blocks", own, Math.floor(Number.MAX_SAFE_INTEGER / blockSize), operation);
  checkInteger(firstBlock, "scope.firstBlock", 0, blocks - own, operation);
  checkInteger(index, "scope.index", 0, MAX_SCOPE_INDEX, operation);
  return Object.freeze({ blocks, firstBlock, index });
}

/** The greatest number of an object in a scope. */
const MAX_SCOPE_INDEX = 2 ** 32;
