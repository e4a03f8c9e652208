import { checkOptions, ObjectStoreError } from "@sluice/core";
import { checkRecipe, checkVersion, type Recipe, type RecipeV1, type RecipeV2 } from "./recipe.js";

/** A recipe as JSON can hold it: the seed is a decimal string, because JSON numbers end at 2^53. */
export type RecipeJson = (Omit<RecipeV1, "seed"> | Omit<RecipeV2, "seed">) & { readonly seed: string };

const FIELD_NAMES: readonly string[] = ["version", "seed", "size", "blockSize", "dedup", "compress"];
const FIELD_NAMES_2: readonly string[] = [...FIELD_NAMES, "placement", "scope"];

/** At most the 20 digits of 2^64 - 1, without leading zeros. */
const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/;

/** `recipe` as plain JSON values; {@link recipeFromJson} gives it back. */
export function recipeToJson(recipe: Recipe): RecipeJson {
  const checked = checkRecipe(recipe, "recipeToJson");
  return { ...checked, seed: checked.seed.toString() };
}

/**
 * The recipe in parsed JSON from anywhere. InvalidArgument for what is none: a missing or unknown field, a value outside
 * of its limits. Unsupported for a version that this package does not know.
 */
export function recipeFromJson(json: unknown): Recipe {
  const operation = "recipeFromJson";
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new ObjectStoreError("InvalidArgument", `${operation}: a recipe must be an object (parse JSON text first)`, {
      operation,
    });
  }
  const fields = json as { readonly [Name in keyof RecipeJson]?: unknown };
  checkVersion(fields.version, operation);
  checkOptions(json, fields.version === 2 ? FIELD_NAMES_2 : FIELD_NAMES, operation);
  if (typeof fields.seed !== "string" || !DECIMAL.test(fields.seed)) {
    throw new ObjectStoreError("InvalidArgument", `${operation}: seed must be a string of decimal digits`, {
      operation,
    });
  }
  // checkRecipe looks at every value again: until then the types below are claims.
  return checkRecipe({ ...(json as Recipe), seed: BigInt(fields.seed) }, operation);
}
