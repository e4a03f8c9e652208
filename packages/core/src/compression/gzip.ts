import { promisify } from "node:util";
import { createGunzip, gzip } from "node:zlib";
import type { FrameCodec } from "./frame-encoder.js";

const gzipAsync = promisify<Uint8Array, { level: number }, Buffer>(gzip);

/**
 * Gzip members in a row (RFC 1952, section 2.2), made in the thread pool, `workers` at once; any gzip tool decodes them as
 * one.
 */
export function gzipFrames(level: number, workers: number): FrameCodec {
  return {
    framesAtOnce: Math.max(1, workers),
    compress: async (content, contentBytes) => {
      return { bytes: await gzipAsync(content.subarray(0, contentBytes), { level }), content };
    },
  };
}

/** Decodes members in a row, with bounded memory whatever they expand to. */
export async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  yield* throughTransform(createGunzip(), source);
}

/** What comes out of a Node transform for `source`; both are released when the reader stops early. */
export async function* throughTransform(
  transform: import("node:stream").Duplex,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  const { pipeline } = await import("node:stream");
  let failure: unknown;
  pipeline(source, transform, (error) => {
    failure = error;
  });
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
  } catch (error) {
    throw failure ?? error;
  } finally {
    transform.destroy();
  }
}
