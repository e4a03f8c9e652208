import { type LentMemory, lentMemoryOf } from "@sluice/core";
import type { DataGenerator } from "./data-generator.js";
import { borrowGenerator, giveBackGenerator } from "./generator-pool.js";
import { Kernel, MAX_PIECE_BYTES, ROW_BYTES } from "./kernel/kernel.js";
import type { Recipe } from "./recipe.js";

/** Makes a recipe's bytes where a writer's sink wants them, if it lends WebAssembly memory for that, and else in its own. */
export class InPlaceGenerator {
  readonly #recipe: Recipe;
  #generator: DataGenerator | undefined;
  #lent: LentMemory | undefined;
  #kernel: Kernel | undefined;

  constructor(recipe: Recipe) {
    this.#recipe = recipe;
  }

  /** At most `maxBytes` from `offset` on: in `room`, or as a view that is valid until the next call. */
  produce(room: Uint8Array | undefined, offset: number, maxBytes: number): Uint8Array {
    const limit = Math.min(maxBytes, MAX_PIECE_BYTES);
    const kernel = room === undefined ? undefined : this.#kernelFor(room);
    const wholeRows = limit - (limit % ROW_BYTES);
    if (room === undefined || kernel === undefined || wholeRows === 0 || offset % ROW_BYTES !== 0) {
      this.#generator ??= borrowGenerator(this.#recipe);
      return this.#generator.piece(offset, limit);
    }
    const target = wholeRows === room.byteLength ? room : room.subarray(0, wholeRows);
    kernel.generateInto(target, offset);
    return target;
  }

  /** Gives back what was borrowed; its views are not valid any more. */
  release(): void {
    this.#releaseLent();
    if (this.#generator !== undefined) giveBackGenerator(this.#generator);
    this.#generator = undefined;
  }

  #releaseLent(): void {
    this.#kernel?.release();
    this.#kernel = undefined;
    this.#lent = undefined;
  }

  #kernelFor(room: Uint8Array): Kernel | undefined {
    const lent = lentMemoryOf(room);
    if (lent === undefined || lent === this.#lent) return lent && this.#kernel;
    this.#releaseLent();
    this.#lent = lent;
    this.#kernel = Kernel.within(lent);
    this.#kernel?.configure(this.#recipe);
    return this.#kernel;
  }
}
