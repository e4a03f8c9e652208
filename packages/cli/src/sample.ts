import { deriveObjectSeed, type Recipe, SAMPLE_BYTES, type SampleRange, sampleRanges } from "@sluice/datagen";

/** A part of each object, drawn by a seed. */
export interface Sample {
  /** Above 0, at most 1. */
  readonly share: number;
  readonly seed: bigint;
}

/**
 * The ranges of an object to look at: those that the share draws, and where it draws none, one block, so that no object is called
 * good that nobody asked for. Of an empty object the range is empty too.
 */
export function* rangesOf({ size, blockSize }: Recipe, index: number, { share, seed }: Sample): Generator<SampleRange> {
  let isDrawn = false;
  for (const range of sampleRanges(size, share, seed, index)) {
    isDrawn = true;
    yield range;
  }
  if (isDrawn) return;
  const bytes = Math.min(blockSize, SAMPLE_BYTES);
  const blocks = Math.max(1, Math.ceil(size / bytes));
  const start = Number(deriveObjectSeed(seed, index) % BigInt(blocks)) * bytes;
  yield { start, end: Math.min(start + bytes, size) };
}
