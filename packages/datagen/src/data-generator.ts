import { isUint8Array } from "node:util/types";
import { checkInteger, checkOptions, ObjectStoreError } from "@sluice/core";
import { Kernel, MAX_PIECE_BYTES } from "./kernel/kernel.js";
import { checkRecipe, type Recipe } from "./recipe.js";

/** Which bytes {@link DataGenerator.chunks} yields: from `start` (default 0) up to `end` (default: the size). */
export interface ChunkRange {
  readonly start?: number;
  readonly end?: number;
}

/** The longest chunk that {@link DataGenerator.chunks} makes. */
export const MAX_CHUNK_BYTES: number = 1 << 30;

/**
 * Any bytes of a recipe's object, in any order: they depend on the recipe and the offset alone. Holds 128 KiB whatever
 * the object's size.
 */
export class DataGenerator {
  readonly #kernel = Kernel.own();
  #recipe: Recipe;

  constructor(recipe: Recipe) {
    this.#recipe = checkRecipe(recipe, "DataGenerator");
    this.#kernel.configure(this.#recipe);
  }

  get recipe(): Recipe {
    return this.#recipe;
  }

  /** Goes on with another recipe; cheaper than a new generator where there are many small objects. */
  reconfigure(recipe: Recipe): void {
    this.#recipe = checkRecipe(recipe, "reconfigure");
    this.#kernel.configure(this.#recipe);
  }

  /** Fills all of `target` with the bytes from `offset` on. InvalidArgument if they reach beyond the size. */
  fill(target: Uint8Array, offset: number): void {
    const operation = "fill";
    if (!isUint8Array(target)) {
      throw new ObjectStoreError("InvalidArgument", "fill: target must be a Uint8Array", { operation });
    }
    const { size } = this.#recipe;
    checkInteger(offset, "offset", 0, size, operation);
    if (target.byteLength > size - offset) {
      const message = `fill: ${target.byteLength} bytes from ${offset} on reach beyond the size of ${size}`;
      throw new ObjectStoreError("InvalidArgument", message, { operation });
    }
    for (let done = 0; done < target.byteLength; done += MAX_PIECE_BYTES) {
      target.set(this.#kernel.generate(offset + done, Math.min(MAX_PIECE_BYTES, target.byteLength - done)), done);
    }
  }

  /**
   * The bytes from `offset` on, without a copy: at most `maxBytes`, at most 64 KiB, fewer at the object's end, none at the
   * end itself. The view is the generator's own memory and valid until its next call.
   */
  piece(offset: number, maxBytes: number = MAX_PIECE_BYTES): Uint8Array {
    const { size } = this.#recipe;
    checkInteger(offset, "offset", 0, size, "piece");
    checkInteger(maxBytes, "maxBytes", 1, Number.MAX_SAFE_INTEGER, "piece");
    return this.#kernel.generate(offset, Math.min(maxBytes, MAX_PIECE_BYTES, size - offset));
  }

  /** The bytes of a range in chunks that belong to the caller, each of `chunkBytes` except the last. */
  chunks(range: ChunkRange = {}, chunkBytes: number = MAX_PIECE_BYTES): Generator<Uint8Array, void, void> {
    checkOptions(range ?? null, ["start", "end"], "chunks");
    const { start = 0, end = this.#recipe.size } = range;
    checkInteger(start, "start", 0, this.#recipe.size, "chunks");
    checkInteger(end, "end", start, this.#recipe.size, "chunks");
    checkInteger(chunkBytes, "chunkBytes", 1, MAX_CHUNK_BYTES, "chunks");
    return this.#chunks(start, end, chunkBytes);
  }

  *#chunks(start: number, end: number, chunkBytes: number): Generator<Uint8Array, void, void> {
    for (let offset = start; offset < end; offset += chunkBytes) {
      const chunk = new Uint8Array(Math.min(chunkBytes, end - offset));
      this.fill(chunk, offset);
      yield chunk;
    }
  }
}
