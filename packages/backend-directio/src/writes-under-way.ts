import type { FileHandle } from "node:fs/promises";
import type { SlabLimits } from "./slab-io.js";
import { writeSlab } from "./transfer.js";

/** The writes of one file that are under way, and the first error among them, after which it takes no more. */
export class WritesUnderWay {
  readonly #handle: FileHandle;
  readonly #limits: SlabLimits;
  readonly #alignmentBytes: number;
  readonly #writes = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(handle: FileHandle, limits: SlabLimits, alignmentBytes: number) {
    this.#handle = handle;
    this.#limits = limits;
    this.#alignmentBytes = alignmentBytes;
  }

  /** Whether there are as many as there may be. */
  get isFull(): boolean {
    return this.#writes.size >= this.#limits.buffersInFlight;
  }

  /** Begins to write the first `length` bytes of a slab, which goes back to the pool when that has ended. */
  begin(slab: Uint8Array, length: number, position: number): void {
    const writing: Promise<void> = writeSlab(this.#handle, slab, length, position, this.#alignmentBytes)
      .catch((error: unknown) => this.fail(error))
      .then(() => {
        this.#writes.delete(writing);
        this.#limits.pool.giveBack(slab);
      });
    this.#writes.add(writing);
  }

  /** Resolves when there may be one more. */
  async room(): Promise<void> {
    while (this.isFull) await Promise.race(this.#writes);
  }

  /** Resolves when all have ended, well or not. */
  async ended(): Promise<void> {
    while (this.#writes.size > 0) await Promise.all(this.#writes);
  }

  /** Has every later `check` throw `error`, unless there was one before. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
