import { setImmediate as afterInputOutput } from "node:timers/promises";
import {
  type Codec,
  Crc32c,
  checkInteger,
  checkOptions,
  isObjectStoreError,
  type ObjectStore,
  ObjectStoreError,
  throwIfAborted,
} from "@sluice/core";
import { type BlockRange, DamageTally } from "./damage-tally.js";
import type { DataGenerator } from "./data-generator.js";
import { borrowGenerator, giveBackGenerator } from "./generator-pool.js";
import { MAX_PIECE_BYTES } from "./kernel/kernel.js";
import { checkRecipe, type Recipe } from "./recipe.js";

/** After so many bytes the event loop gets its turn, also where the store answers at once: else no signal would be seen. */
const YIELD_BYTES = 1 << 20;

export interface VerifyOptions {
  /** Decodes by the key's extension, or as the named codec. Default true. */
  readonly decode?: boolean | Codec;
  /** Compares only these bytes of the content, `start` up to `end`. Default: all, and what may follow. */
  readonly range?: { readonly start: number; readonly end: number };
  /** The object's size as it is stored, where it is known. With `range`, an object of another size is damaged. */
  readonly storedSize?: number;
  readonly signal?: AbortSignal;
  /** Told how many bytes have been read so far, after each chunk. */
  readonly onProgress?: (bytes: number) => void;
}

export interface VerifyReport {
  /** Whether the object holds the recipe's bytes, all of them and nothing else. */
  readonly ok: boolean;
  /** The recipe's size, or that of the range. */
  readonly expectedBytes: number;
  /** How many bytes of content could be read. */
  readonly actualBytes: number;
  /** How many of them had a byte of the recipe to be compared with. */
  readonly bytesCompared: number;
  /** CRC-32C of the bytes that were read. */
  readonly checksum: string;
  /** Dedup blocks of the recipe with a byte that is wrong or missing. */
  readonly badBlocks: number;
  /** Bytes of the recipe that are wrong or missing. */
  readonly badBytes: number;
  /** Where the first wrong, missing or surplus byte is. */
  readonly firstBadOffset?: number;
  /** The dedup block of `firstBadOffset`. */
  readonly firstBadBlock?: number;
  /** The bad blocks in their order, as runs of neighbours; the first 1000 runs. */
  readonly badRanges?: readonly BlockRange[];
  /** Why reading ended early or in doubt: the compressed data is damaged, or the object is cut off. */
  readonly damage?: string;
}

/**
 * Compares an object with the data of `recipe`, made anew, in one pass over its stream. What is wrong with the content
 * is reported; what keeps it from being read (NotFound, Unavailable, Aborted, ...) rejects.
 */
export async function verifyObject(
  store: ObjectStore,
  key: string,
  recipe: Recipe,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const operation = "verifyObject";
  checkOptions(options, ["decode", "range", "storedSize", "signal", "onProgress"], operation);
  if (typeof store?.get !== "function") {
    throw new ObjectStoreError("InvalidArgument", `${operation}: the first argument must be a store`, { operation });
  }
  const { size } = checkRecipe(recipe, operation);
  const { start, end } = options.range ?? { start: 0, end: size };
  checkInteger(end, "range.end", 0, size, operation);
  checkInteger(start, "range.start", 0, end, operation);
  throwIfAborted(options.signal, operation);
  const comparison = new Comparison(recipe, start, end);
  try {
    const damage = await readInto(comparison, store, key, options, size);
    return comparison.report(damage);
  } finally {
    comparison.release();
  }
}

/** Streams the object into the comparison; returns why it ended early, if it did because of its content. */
async function readInto(
  comparison: Comparison,
  store: ObjectStore,
  key: string,
  { decode = true, range, signal, onProgress, storedSize }: VerifyOptions,
  size: number,
): Promise<string | undefined> {
  let bytesSinceWait = 0;
  try {
    const object = await store.get(key, {
      decode,
      lendChunks: true,
      // The recipe is the stronger truth, and says where the damage is.
      verify: "none",
      ...(range !== undefined && { range }),
      ...(signal !== undefined && { signal }),
    });
    // A range says nothing of what lies behind it, but the store knows the size.
    const problem = range === undefined ? undefined : sizeProblem(object.info.size, decode === false, size, storedSize);
    if (problem !== undefined) {
      await object.cancel();
      return problem;
    }
    for await (const chunk of object) {
      comparison.add(chunk);
      onProgress?.(comparison.actualBytes);
      bytesSinceWait += chunk.byteLength;
      if (bytesSinceWait < YIELD_BYTES) continue;
      bytesSinceWait = 0;
      await afterInputOutput();
      throwIfAborted(signal, "verifyObject");
    }
  } catch (error) {
    if (isObjectStoreError(error, "ChecksumMismatch")) return error.message;
    throw error;
  }
  return undefined;
}

function sizeProblem(
  actual: number,
  isVerbatim: boolean,
  size: number,
  storedSize: number | undefined,
): string | undefined {
  if (isVerbatim && actual !== size) return `the object has ${actual} bytes, its recipe ${size}`;
  if (storedSize === undefined || actual === storedSize) return undefined;
  return `the object is stored in ${actual} bytes, expected ${storedSize}`;
}

class Comparison {
  readonly #generator: DataGenerator;
  readonly #crc = new Crc32c();
  readonly #tally: DamageTally;
  readonly #start: number;
  readonly #end: number;

  constructor(recipe: Recipe, start: number, end: number) {
    this.#generator = borrowGenerator(recipe);
    this.#tally = new DamageTally(recipe.blockSize);
    this.#start = start;
    this.#end = end;
  }

  get actualBytes(): number {
    return this.#crc.byteLength;
  }

  /** Takes the next bytes of the object, in steps that stay in the processor's cache. */
  add(chunk: Uint8Array): void {
    for (let done = 0; done < chunk.byteLength; done += MAX_PIECE_BYTES) {
      const offset = this.#start + this.actualBytes;
      const step = chunk.subarray(done, done + MAX_PIECE_BYTES);
      this.#crc.update(step);
      if (offset >= this.#end) continue;
      const expected = this.#generator.piece(offset, Math.min(step.byteLength, this.#end - offset));
      this.#tally.compare(step.subarray(0, expected.byteLength), expected, offset);
    }
  }

  report(damage: string | undefined): VerifyReport {
    const { blockSize } = this.#generator.recipe;
    const { actualBytes } = this;
    const expectedBytes = this.#end - this.#start;
    this.#tally.addBad(this.#start + actualBytes, this.#end);
    const firstBadOffset = this.#tally.firstBadOffset ?? (actualBytes > expectedBytes ? this.#end : undefined);
    const { badBlocks, badBytes, badRanges } = this.#tally;
    return {
      ok: firstBadOffset === undefined && damage === undefined,
      expectedBytes,
      actualBytes,
      bytesCompared: Math.min(actualBytes, expectedBytes),
      checksum: this.#crc.digest(),
      badBlocks,
      badBytes,
      ...(firstBadOffset !== undefined && { firstBadOffset, firstBadBlock: Math.floor(firstBadOffset / blockSize) }),
      ...(badRanges.length > 0 && { badRanges }),
      ...(damage !== undefined && { damage }),
    };
  }

  release(): void {
    giveBackGenerator(this.#generator);
  }
}
