import { ObjectStoreError } from "../errors.js";
import type { Codec } from "./codec.js";

/** Builds the ChecksumMismatch for stored bytes that are not what `codec` makes. */
export function damaged(codec: Codec, reason: string, cause?: unknown): ObjectStoreError {
  return new ObjectStoreError("ChecksumMismatch", `the ${codec} data is damaged: ${reason}`, { cause });
}

/** Builds the ChecksumMismatch for bytes that `codec` never made: at the very beginning, or behind what it made. */
export function foreign(codec: Codec, isFirst: boolean): ObjectStoreError {
  if (!isFirst) return damaged(codec, "something else follows where it should end or go on");
  return new ObjectStoreError("ChecksumMismatch", `the object is no ${codec} data`);
}

/** Builds the error of {@link damaged} for what a decoding library threw. */
export function damagedBy(codec: Codec, error: unknown): ObjectStoreError {
  return damaged(codec, error instanceof Error ? error.message : String(error), error);
}
