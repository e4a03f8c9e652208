import { isObjectStoreError, ObjectStoreError } from "../errors.js";
import type { Codec } from "./codec.js";
import { gunzip } from "./gzip.js";
import { unzstd } from "./zstd.js";
import { zstdEngine } from "./zstd-engine.js";

/** Whether the decoder is done with a chunk before it asks for the next one, so that the source may lend its chunks. */
export async function takesLentChunks(codec: Codec): Promise<boolean> {
  return codec === "zstd" && (await zstdEngine()).takesLentChunks;
}

/**
 * The content of stored bytes. Damaged or cut-off data ends in ChecksumMismatch; errors of the source pass through. With
 * `lendChunks` a chunk need be valid only until the next one is asked for.
 */
export async function* decodeStream(
  codec: Codec,
  source: AsyncIterable<Uint8Array>,
  lendChunks = false,
): AsyncGenerator<Uint8Array, void, void> {
  let sourceFailed = false;
  let sourceError: unknown;
  let sourceBytes = 0;
  async function* watched(): AsyncGenerator<Uint8Array, void, void> {
    try {
      for await (const chunk of source) {
        sourceBytes += chunk.byteLength;
        yield chunk;
      }
    } catch (error) {
      sourceFailed = true;
      sourceError = error;
      throw error;
    }
  }
  try {
    yield* codec === "zstd" ? unzstd(watched(), lendChunks) : gunzip(watched());
    if (sourceBytes === 0) throw new Error("there is none");
  } catch (error) {
    if (sourceFailed) throw sourceError;
    if (isObjectStoreError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ObjectStoreError("ChecksumMismatch", `the ${codec} data is damaged: ${reason}`, { cause: error });
  }
}

/** The part of a stream from `start` to `end` (exclusive); the source is released once the end is reached. */
export async function* sliceStream(
  source: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void, void> {
  let offset = 0;
  if (start >= end) return;
  for await (const chunk of source) {
    const from = Math.max(0, start - offset);
    const to = Math.min(chunk.byteLength, end - offset);
    if (from < to) yield chunk.subarray(from, to);
    offset += chunk.byteLength;
    if (offset >= end) return;
  }
}
