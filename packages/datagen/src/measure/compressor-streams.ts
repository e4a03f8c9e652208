import type { Compressor, CompressorName } from "./compressors.js";

/** How to begin a stream of each compressor. */
export type Factories = ReadonlyMap<CompressorName, () => Compressor>;
/** What went into streams of one compressor, and what came out. */
export interface Tried {
  bytes: number;
  compressedBytes: number;
}

/** One stream of each compressor over the same bytes. */
export class Streams {
  readonly #open: readonly (readonly [CompressorName, Compressor])[];
  #bytes = 0;

  constructor(factories: Factories) {
    this.#open = [...factories].map(([name, make]) => [name, make()] as const);
  }

  async add(bytes: Uint8Array): Promise<void> {
    this.#bytes += bytes.byteLength;
    await Promise.all(this.#open.map(([, compressor]) => compressor.add(bytes)));
  }

  async end(into: Map<CompressorName, Tried>): Promise<void> {
    const ended = await Promise.all(this.#open.map(async ([name, stream]) => [name, await stream.end()] as const));
    for (const [name, compressedBytes] of ended) {
      const before = into.get(name) ?? { bytes: 0, compressedBytes: 0 };
      into.set(name, {
        bytes: before.bytes + this.#bytes,
        compressedBytes: before.compressedBytes + compressedBytes,
      });
    }
  }
}
