import { isUint8Array } from "node:util/types";
import { ObjectStoreError } from "@sluice/core";
import { DataGenerator } from "./data-generator.js";
import type { Recipe } from "./recipe.js";

/** The bytes of a recipe's object from first to last, into buffers of the caller's. */
export class ObjectGen {
  readonly #generator: DataGenerator;
  #position = 0;

  constructor(recipe: Recipe) {
    this.#generator = new DataGenerator(recipe);
  }

  get recipe(): Recipe {
    return this.#generator.recipe;
  }

  /** How many bytes were handed out. */
  get position(): number {
    return this.#position;
  }

  /** Whether all bytes were handed out. */
  get isComplete(): boolean {
    return this.#position === this.recipe.size;
  }

  /** Fills `target` from its start and returns how many bytes: all it holds, fewer at the object's end, 0 after it. */
  fillChunk(target: Uint8Array): number {
    if (!isUint8Array(target)) {
      throw new ObjectStoreError("InvalidArgument", "fillChunk takes a Uint8Array", { operation: "fillChunk" });
    }
    const bytes = Math.min(target.byteLength, this.recipe.size - this.#position);
    this.#generator.fill(target.subarray(0, bytes), this.#position);
    this.#position += bytes;
    return bytes;
  }

  /** Begins again at the first byte. */
  reset(): void {
    this.#position = 0;
  }
}
