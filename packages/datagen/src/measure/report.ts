import type { CompressorName } from "./compressors.js";

/** What a meter found. */
export interface MeasureReport {
  readonly objects: number;
  readonly bytes: number;
  /** Of single bytes, 0 to 8: what a compressor that sees no more than one byte at a time could reach. */
  readonly entropyBitsPerByte: number;
  /** Of each object by itself. */
  readonly compression: readonly CompressionFound[];
  /** Compressors that were asked for and whose library is not to be had here. */
  readonly absent: readonly CompressorName[];
  /** Of the different blocks alone, where it was asked for. */
  readonly uniqueCompression?: {
    readonly blockBytes: number;
    /** Whether all different blocks were seen: a meter can tell up to 131,072 of them apart. */
    readonly isComplete: boolean;
    readonly compression: readonly CompressionFound[];
  };
  readonly fixedDedup: readonly ({ readonly blockBytes: number } & DedupFound)[];
  readonly contentDefinedDedup: {
    readonly algorithm: "FastCDC";
    readonly minBytes: number;
    readonly averageBytes: number;
    readonly maxBytes: number;
  } & DedupFound;
}

/** What one compressor came to. */
export interface CompressionFound {
  readonly name: CompressorName;
  readonly bytes: number;
  readonly compressedBytes: number;
  /** `bytes` ÷ `compressedBytes`. */
  readonly ratio: number;
}

/** What one way of cutting data into blocks came to. */
export interface DedupFound {
  /** All blocks, the last of each object included even if it is short. */
  readonly blocks: number;
  readonly distinctBlocks: number;
  readonly distinctBytes: number;
  /** All bytes ÷ the bytes of different blocks. */
  readonly ratio: number;
  /** The standard error of the three, as a share; 0 if they are exact. */
  readonly relativeError: number;
}

/** N:1; 1 where there is nothing. */
export function ratioOf(bytes: number, smaller: number): number {
  return bytes === 0 || smaller === 0 ? 1 : bytes / smaller;
}

/** The entropy of a histogram in bits a symbol. */
export function entropyOf(counts: Float64Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  return bits;
}
