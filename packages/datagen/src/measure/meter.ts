import { checkOptions } from "@sluice/core";
import { type Factories, Streams, type Tried } from "./compressor-streams.js";
import { COMPRESSORS, type Compressor, type CompressorName, compressorOf } from "./compressors.js";
import { DistinctCounter } from "./distinct-counter.js";
import { CHUNK_LIMITS, MeterKernel, WINDOW_BYTES } from "./meter-kernel.js";
import {
  checkBlocks,
  checkCompressors,
  DEFAULT_BLOCK_BYTES,
  METER_OPTION_NAMES,
  type MeterOptions,
} from "./meter-options.js";
import { entropyOf, type MeasureReport, ratioOf } from "./report.js";

/**
 * Measures bytes of any origin in one pass and bounded memory: 4 MiB for each block size and for the chunks, 1.2 MiB for the window, and
 * what the compressors take, whatever the size of the data. Objects are compressed each by itself, as they are stored; duplicates
 * are found across all of them, each with a grid of blocks of its own.
 */
export class Meter {
  readonly #kernel = new MeterKernel();
  readonly #factories: Factories;
  readonly #absent: readonly CompressorName[];
  readonly #histogram = new Float64Array(256);
  readonly #fixed: ReadonlyMap<number, DistinctCounter>;
  readonly #chunks = new DistinctCounter();
  readonly #tried = new Map<CompressorName, Tried>();
  readonly #uniqueBlockBytes: number | undefined;
  readonly #triedUnique = new Map<CompressorName, Tried>();
  #uniqueStreams: Streams | undefined;
  #streams: Streams | undefined;
  #filled = 0;
  #objects = 0;
  #bytes = 0;
  #isUniqueComplete = true;

  /** InvalidArgument for options outside of their limits. */
  static async create(options: MeterOptions = {}): Promise<Meter> {
    checkOptions(options, METER_OPTION_NAMES, "measure");
    const { compressors = COMPRESSORS, blockBytes = DEFAULT_BLOCK_BYTES, uniqueBlockBytes } = options;
    const sizes = checkBlocks(blockBytes, uniqueBlockBytes);
    const factories = new Map<CompressorName, () => Compressor>();
    for (const name of checkCompressors(compressors)) {
      const factory = await compressorOf(name);
      if (factory !== undefined) factories.set(name, factory);
    }
    const absent = compressors.filter((name) => !factories.has(name));
    return new Meter(factories, absent, sizes, uniqueBlockBytes);
  }

  private constructor(
    factories: Factories,
    absent: readonly CompressorName[],
    sizes: readonly number[],
    uniqueBlockBytes: number | undefined,
  ) {
    this.#factories = factories;
    this.#absent = absent;
    this.#fixed = new Map(sizes.map((bytes) => [bytes, new DistinctCounter()]));
    this.#uniqueBlockBytes = uniqueBlockBytes;
  }

  /** Takes the next bytes of the current object. Calls must be awaited. */
  async add(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.byteLength; ) {
      const part = bytes.subarray(done, done + WINDOW_BYTES - this.#filled);
      this.#kernel.window.set(part, this.#filled);
      this.#filled += part.byteLength;
      done += part.byteLength;
      if (this.#filled === WINDOW_BYTES) await this.#look(false);
    }
  }

  /** Ends the current object. */
  async endObject(): Promise<void> {
    await this.#look(true);
    this.#streams ??= new Streams(this.#factories);
    await this.#streams.end(this.#tried);
    this.#streams = undefined;
    this.#objects++;
  }

  /** What was found in all objects that ended. The meter is of no use afterwards. */
  async report(): Promise<MeasureReport> {
    await this.#uniqueStreams?.end(this.#triedUnique);
    const compression = (tried: ReadonlyMap<CompressorName, Tried>) =>
      [...tried].map(([name, { bytes, compressedBytes }]) => ({
        ...{ name, bytes, compressedBytes, ratio: ratioOf(bytes, compressedBytes) },
      }));
    const dedup = (counter: DistinctCounter) => {
      const { count, bytes, distinct, distinctBytes, relativeError } = counter.result();
      return {
        blocks: count,
        distinctBlocks: distinct,
        distinctBytes,
        ratio: ratioOf(bytes, distinctBytes),
        relativeError,
      };
    };
    return {
      objects: this.#objects,
      bytes: this.#bytes,
      entropyBitsPerByte: entropyOf(this.#histogram),
      compression: compression(this.#tried),
      absent: this.#absent,
      ...(this.#uniqueBlockBytes !== undefined && {
        uniqueCompression: {
          blockBytes: this.#uniqueBlockBytes,
          isComplete: this.#isUniqueComplete,
          compression: compression(this.#triedUnique),
        },
      }),
      fixedDedup: [...this.#fixed].map(([blockBytes, counter]) => ({ blockBytes, ...dedup(counter) })),
      contentDefinedDedup: { algorithm: "FastCDC", ...CHUNK_LIMITS, ...dedup(this.#chunks) },
    };
  }

  async #look(isLast: boolean): Promise<void> {
    const length = this.#filled;
    const window = this.#kernel.window.subarray(0, length);
    this.#filled = 0;
    this.#bytes += length;
    this.#kernel.histogram(length, this.#histogram);
    const fresh = this.#countBlocks(length);
    if (length > 0) {
      this.#streams ??= new Streams(this.#factories);
      await Promise.all([this.#streams.add(window), this.#addUnique(window, fresh)]);
    }
    // Last, as it moves the beginning of a chunk in front of the window.
    this.#kernel.chunks(length, isLast, (high, low, bytes) => this.#chunks.add(high, low, bytes));
  }

  /** Counts the blocks of every size and tells which of `uniqueBlockBytes` are new, as their numbers in the window. */
  #countBlocks(length: number): readonly number[] {
    const fresh: number[] = [];
    let smaller: number | undefined;
    for (const [blockBytes, counter] of this.#fixed) {
      const hashes = this.#kernel.blockHashes(length, blockBytes, smaller);
      smaller = blockBytes;
      for (let block = 0; block * 2 < hashes.length; block++) {
        const bytes = Math.min(blockBytes, length - block * blockBytes);
        const isNew = counter.add(hashes[block * 2 + 1] as number, hashes[block * 2] as number, bytes);
        if (isNew && blockBytes === this.#uniqueBlockBytes) fresh.push(block);
      }
      if (blockBytes === this.#uniqueBlockBytes && !counter.isExact) this.#isUniqueComplete = false;
    }
    return fresh;
  }

  /** Only while all blocks are known can be told which are new: then the unique ones are one stream. */
  async #addUnique(window: Uint8Array, fresh: readonly number[]): Promise<void> {
    if (this.#uniqueBlockBytes === undefined || !this.#isUniqueComplete) return;
    this.#uniqueStreams ??= new Streams(this.#factories);
    for (let from = 0; from < fresh.length; ) {
      let to = from + 1;
      while (to < fresh.length && fresh[to] === (fresh[to - 1] as number) + 1) to++;
      const start = (fresh[from] as number) * this.#uniqueBlockBytes;
      await this.#uniqueStreams.add(window.subarray(start, start + (to - from) * this.#uniqueBlockBytes));
      from = to;
    }
  }
}
