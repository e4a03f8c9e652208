import type { Codec } from "./codec.js";
import type { DecodeOptions } from "./decode-options.js";
import { gunzip } from "./gunzip.js";
import { unzstd } from "./unzstd.js";
import { zstdEngine } from "./zstd-engine.js";

/**
 * The content of stored bytes, whose every byte is accounted for: behind a frame or member comes another, or the end, or
 * zero bytes up to the end. Anything else, and data that is damaged or cut off, is ChecksumMismatch; errors of the source
 * pass through. The source may lend its chunks.
 */
export async function* decodeStream(
  codec: Codec,
  source: AsyncIterable<Uint8Array>,
  options: DecodeOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  yield* codec === "zstd" ? unzstd(source, await zstdEngine(), options) : gunzip(source, options);
}

/** The part of a stream from `start` to `end` (exclusive). The source is read to its own end, where the checks are. */
export async function* sliceStream(
  source: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void, void> {
  let offset = 0;
  for await (const chunk of source) {
    const from = Math.max(0, start - offset);
    const to = Math.min(chunk.byteLength, end - offset);
    if (from < to) yield chunk.subarray(from, to);
    offset += chunk.byteLength;
  }
}
