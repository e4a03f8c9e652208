import { promisify } from "node:util";
import { gzip } from "node:zlib";
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
