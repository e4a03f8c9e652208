import { type ObjectWriter, type Producer, throwIfAborted } from "@sluice/core";
import { CallQueue } from "./call-queue.js";
import { InPlaceGenerator } from "./in-place-generator.js";
import { MAX_PIECE_BYTES } from "./kernel/kernel.js";
import type { Recipe } from "./recipe.js";
import { GeneratorThreads } from "./workers/generator-threads.js";

export interface GenerateOptions {
  /** Told how many bytes have been generated so far, after each piece of at most 64 KiB. */
  readonly onProgress?: (bytesGenerated: number) => void;
  /** Stops the generation before the next piece. The writer stays open: go on, or cancel it. */
  readonly signal?: AbortSignal;
}

/**
 * Hands a recipe's bytes to a writer, from first to last, and other bytes between them, in the order of the calls. One
 * piece is under way at a time, because its bytes lie in the generator's memory until the writer has taken them.
 */
export class SequentialGeneration {
  readonly #writer: ObjectWriter;
  readonly #recipe: Recipe;
  readonly #generator: InPlaceGenerator;
  readonly #workers: number;
  #threads: GeneratorThreads | undefined;
  readonly #queue = new CallQueue();
  #bytesGenerated = 0;
  #bytesPlanned = 0;

  constructor(writer: ObjectWriter, recipe: Recipe, workers = 0) {
    this.#writer = writer;
    this.#workers = workers;
    this.#recipe = recipe;
    this.#generator = new InPlaceGenerator(recipe);
  }

  /** What the writer has accepted. */
  get bytesGenerated(): number {
    return this.#bytesGenerated;
  }

  /** What no call has asked for yet; calls that were stopped give back what they did not generate. */
  get bytesUnplanned(): number {
    return this.#recipe.size - this.#bytesPlanned;
  }

  /** Generates the next `maxBytes`, or what is left of them, and resolves with how many. */
  generate(maxBytes: number, options: GenerateOptions = {}): Promise<number> {
    const bytes = Math.min(maxBytes, this.bytesUnplanned);
    this.#bytesPlanned += bytes;
    return this.#queue.run(async () => {
      const end = this.#bytesGenerated + bytes;
      try {
        throwIfAborted(options.signal, "generateRemaining");
        await (this.#workers === 0 ? this.#writeHere(end, options) : this.#writeAhead(end, options));
        return bytes;
      } catch (error) {
        this.#bytesPlanned -= end - this.#bytesGenerated;
        throw error;
      }
    });
  }

  /** Writes other bytes, behind what was asked for before. */
  write(chunk: Uint8Array): Promise<void> {
    return this.#queue.run(() => this.#writer.writeChunk(chunk));
  }

  /** As {@link write}. */
  writeHashed(chunk: Uint8Array, crc32c: number): Promise<void> {
    return this.#queue.run(() => this.#writer.writeHashed(chunk, crc32c));
  }

  /** As {@link write}. */
  writeFrom(produce: Producer, byteLength: number): Promise<void> {
    return this.#queue.run(() => this.#writer.writeFrom(produce, byteLength));
  }

  /** Gives back what was borrowed from the writer's store, and ends the threads. */
  release(): void {
    this.#generator.release();
    this.#threads?.close().catch(() => undefined);
    this.#threads = undefined;
  }

  /** Resolves when all calls have ended, well or not. */
  whenIdle(): Promise<void> {
    return this.#queue.whenIdle();
  }

  /** Generates up to `end` in this thread, where the bytes will be stored if the store lends the place. */
  async #writeHere(end: number, options: GenerateOptions): Promise<void> {
    while (this.#bytesGenerated < end) {
      const step = Math.min(MAX_PIECE_BYTES, end - this.#bytesGenerated);
      await this.#writer.writeFrom(this.#produceFrom(this.#bytesGenerated), step);
      this.#accepted(step, end, options);
    }
  }

  /** Writes up to `end` what other threads generate and hash meanwhile. */
  async #writeAhead(end: number, options: GenerateOptions): Promise<void> {
    this.#threads ??= new GeneratorThreads(this.#workers);
    for await (const { bytes, crc32c } of this.#threads.pieces(this.#recipe, this.#bytesGenerated, end)) {
      await this.#writer.writeHashed(bytes, crc32c);
      this.#accepted(bytes.byteLength, end, options);
    }
  }

  /** The writer took a piece: here a call that was stopped ends, unless it is at its end anyway. */
  #accepted(bytes: number, end: number, { onProgress, signal }: GenerateOptions): void {
    this.#bytesGenerated += bytes;
    onProgress?.(this.#bytesGenerated);
    if (this.#bytesGenerated < end) throwIfAborted(signal, "generateRemaining");
  }

  #produceFrom(start: number): Producer {
    let offset = start;
    return (room, maxBytes) => {
      const piece = this.#generator.produce(room, offset, maxBytes);
      offset += piece.byteLength;
      return piece;
    };
  }
}
