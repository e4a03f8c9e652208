import { ObjectStoreError } from "../errors.js";
import type { Codec } from "./codec.js";

/** Builds the ChecksumMismatch for stored bytes that are not what `codec` makes. */
export function damaged(codec: Codec, reason: string, cause?: unknown): ObjectStoreError {
  return new ObjectStoreError("ChecksumMismatch", `the ${codec} data is damaged: ${reason}`, { cause });
}

/** Builds the same error of what a decoding library threw. */
export function damagedBy(codec: Codec, error: unknown): ObjectStoreError {
  return damaged(codec, error instanceof Error ? error.message : String(error), error);
}
