import { checkInteger, ObjectStoreError } from "@sluice/core";
import { GOLDEN, mix } from "./mix.js";
import { checkSeed } from "./seed.js";

/** What is looked at in one place: a size that stores read well. */
export const SAMPLE_BYTES: number = 1 << 20;

/** "sample" in ASCII. */
const SAMPLE_OFFSET = 0x73616d706c65n;

/** A part of an object that a sample looks at. */
export interface SampleRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/**
 * The ranges of an object that a sample looks at, in their order: `share` of its pieces of 1 MiB, one drawn at random from each of
 * as many equal stretches, so that they are spread over the object. The same for the same `seed` and `index`, which is the object's
 * number. Of an object with fewer pieces than 1 ÷ `share`, one piece is drawn as often as the share says.
 */
export function* sampleRanges(
  size: number,
  share: number,
  seed: bigint,
  index: number,
): Generator<SampleRange, void, void> {
  const operation = "sampleRanges";
  checkInteger(size, "size", 0, Number.MAX_SAFE_INTEGER, operation);
  checkInteger(index, "index", 0, Number.MAX_SAFE_INTEGER, operation);
  checkSeed(seed, "seed", operation);
  if (!(share > 0 && share <= 1)) {
    const message = `${operation}: share must be a number above 0, at most 1, got ${String(share)}`;
    throw new ObjectStoreError("InvalidArgument", message, { operation });
  }
  let state = mix(mix(seed + SAMPLE_OFFSET) + (BigInt(index) + 1n) * GOLDEN);
  const draw = () => {
    state += GOLDEN;
    return Number((mix(state) >> 11n) & 0x1fffffffffffffn) / 2 ** 53;
  };
  const pieces = Math.ceil(size / SAMPLE_BYTES);
  const wanted = pieces * share;
  const chosen = Math.floor(wanted) + (draw() < wanted - Math.floor(wanted) ? 1 : 0);
  let last = -1;
  for (let i = 0; i < chosen; i++) {
    const piece = Math.min(Math.floor(((i + draw()) * pieces) / chosen), pieces - 1);
    // Two stretches that meet within a piece may both draw it.
    if (piece > last) yield { start: piece * SAMPLE_BYTES, end: Math.min((piece + 1) * SAMPLE_BYTES, size) };
    last = piece;
  }
}
