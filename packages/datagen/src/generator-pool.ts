import { DataGenerator } from "./data-generator.js";
import type { Recipe } from "./recipe.js";

/** Generators that are kept for the next object, 128 KiB each. */
const MAX_IDLE = 16;

const idle: DataGenerator[] = [];

/**
 * A generator for `recipe`: one that was given back, where there is one. To make a WebAssembly memory and an instance takes longer
 * than to fill and write a small object.
 */
export function borrowGenerator(recipe: Recipe): DataGenerator {
  const generator = idle.pop();
  if (generator === undefined) return new DataGenerator(recipe);
  generator.reconfigure(recipe);
  return generator;
}

/** Takes a generator back whose views nobody reads any more. */
export function giveBackGenerator(generator: DataGenerator): void {
  if (idle.length < MAX_IDLE) idle.push(generator);
}
