import { setImmediate as afterInputOutput } from "node:timers/promises";
import {
  type Codec,
  Crc32c,
  checkOptions,
  isObjectStoreError,
  type ObjectStore,
  ObjectStoreError,
  throwIfAborted,
} from "@sluice/core";
import { DamageTally } from "./damage-tally.js";
import { DataGenerator } from "./data-generator.js";
import { MAX_PIECE_BYTES } from "./kernel/kernel.js";
import type { Recipe } from "./recipe.js";

/** After so many bytes the event loop gets its turn, also where the store answers at once: else no signal would be seen. */
const YIELD_BYTES = 1 << 20;

export interface VerifyOptions {
  /** Decodes by the key's extension, or as the named codec. Default true. */
  readonly decode?: boolean | Codec;
  readonly signal?: AbortSignal;
  /** Told how many bytes have been read so far, after each chunk. */
  readonly onProgress?: (bytes: number) => void;
}

export interface VerifyReport {
  /** Whether the object holds the recipe's bytes, all of them and nothing else. */
  readonly ok: boolean;
  /** The recipe's size. */
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
  checkOptions(options, ["decode", "signal", "onProgress"], operation);
  if (typeof store?.get !== "function") {
    throw new ObjectStoreError("InvalidArgument", `${operation}: the first argument must be a store`, { operation });
  }
  const comparison = new Comparison(recipe);
  throwIfAborted(options.signal, operation);
  const damage = await readInto(comparison, store, key, options);
  return comparison.report(damage);
}

/** Streams the object into the comparison; returns why it ended early, if it did because of its content. */
async function readInto(
  comparison: Comparison,
  store: ObjectStore,
  key: string,
  { decode = true, signal, onProgress }: VerifyOptions,
): Promise<string | undefined> {
  let bytesSinceWait = 0;
  try {
    for await (const chunk of await store.get(key, { decode, ...(signal !== undefined && { signal }) })) {
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

class Comparison {
  readonly #generator: DataGenerator;
  readonly #crc = new Crc32c();
  readonly #tally: DamageTally;

  constructor(recipe: Recipe) {
    this.#generator = new DataGenerator(recipe);
    this.#tally = new DamageTally(recipe.blockSize);
  }

  get actualBytes(): number {
    return this.#crc.byteLength;
  }

  /** Takes the next bytes of the object, in steps that stay in the processor's cache. */
  add(chunk: Uint8Array): void {
    const { size } = this.#generator.recipe;
    for (let done = 0; done < chunk.byteLength; done += MAX_PIECE_BYTES) {
      const offset = this.actualBytes;
      const step = chunk.subarray(done, done + MAX_PIECE_BYTES);
      this.#crc.update(step);
      if (offset >= size) continue;
      const expected = this.#generator.piece(offset, step.byteLength);
      this.#tally.compare(step.subarray(0, expected.byteLength), expected, offset);
    }
  }

  report(damage: string | undefined): VerifyReport {
    const { size, blockSize } = this.#generator.recipe;
    const { actualBytes } = this;
    this.#tally.addBad(actualBytes, size);
    const firstBadOffset = this.#tally.firstBadOffset ?? (actualBytes > size ? size : undefined);
    return {
      ok: firstBadOffset === undefined && damage === undefined,
      expectedBytes: size,
      actualBytes,
      bytesCompared: Math.min(actualBytes, size),
      checksum: this.#crc.digest(),
      badBlocks: this.#tally.badBlocks,
      badBytes: this.#tally.badBytes,
      ...(firstBadOffset !== undefined && { firstBadOffset, firstBadBlock: Math.floor(firstBadOffset / blockSize) }),
      ...(damage !== undefined && { damage }),
    };
  }
}
