import { DataGenerator, type Recipe } from "../src/index.js";

/** All bytes of a recipe's object. */
export function contentOf(recipe: Recipe): Uint8Array {
  const bytes = new Uint8Array(recipe.size);
  new DataGenerator(recipe).fill(bytes, 0);
  return bytes;
}
