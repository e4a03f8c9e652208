import { checkInteger, ObjectStoreError } from "@sluice/core";
import { COMPRESSORS, type CompressorName } from "./compressors.js";
import { WINDOW_BYTES } from "./meter-kernel.js";

/** What a meter looks at; less is faster. */
export interface MeterOptions {
  /** What to compress with; default: all of {@link COMPRESSORS} that can be loaded. None: an empty list. */
  readonly compressors?: readonly CompressorName[];
  /** Fixed blocks to count, each a power of two from 512 bytes to 1 MiB. Default: 4, 16, 64 KiB and 1 MiB. */
  readonly blockBytes?: readonly number[];
  /** Compresses besides what is left when equal blocks of so many bytes are taken out; it must be one of `blockBytes`. */
  readonly uniqueBlockBytes?: number;
}

/** The names of {@link MeterOptions}. */
export const METER_OPTION_NAMES: readonly string[] = ["compressors", "blockBytes", "uniqueBlockBytes"];

/** The blocks that deduplicators use most. */
export const DEFAULT_BLOCK_BYTES: readonly number[] = [4096, 16_384, 65_536, 1 << 20];

/** Refuses with InvalidArgument what is no list of known compressors. */
export function checkCompressors(names: readonly CompressorName[]): readonly CompressorName[] {
  const wrong = Array.isArray(names) ? names.find((name) => !COMPRESSORS.includes(name)) : String(names);
  if (wrong === undefined) return names;
  throw refusal(`compressors must be a list of ${COMPRESSORS.join(", ")}, got ${String(wrong)}`);
}

/** The sizes from the smallest up, each once. InvalidArgument for those outside of their limits. */
export function checkBlocks(sizes: readonly number[], uniqueBlockBytes: number | undefined): readonly number[] {
  if (!Array.isArray(sizes) || sizes.length === 0) throw refusal("blockBytes must be a list of sizes");
  for (const bytes of sizes) {
    checkInteger(bytes, "blockBytes", 512, WINDOW_BYTES, "measure");
    if ((bytes & (bytes - 1)) !== 0) throw refusal(`blockBytes must be powers of two, got ${bytes}`);
  }
  if (uniqueBlockBytes !== undefined && !sizes.includes(uniqueBlockBytes)) {
    throw refusal(`uniqueBlockBytes must be one of blockBytes, got ${String(uniqueBlockBytes)}`);
  }
  return [...new Set(sizes)].sort((first, second) => first - second);
}

function refusal(message: string): ObjectStoreError {
  return new ObjectStoreError("InvalidArgument", `measure: ${message}`, { operation: "measure" });
}
