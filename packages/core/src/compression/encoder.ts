import type { CompressionOptions } from "./codec.js";
import { FrameEncoder } from "./frame-encoder.js";
import { gzipFrames } from "./gzip.js";
import { zstdFrames } from "./zstd.js";

/** What bytes are pushed into, in order; a returned promise means wait. */
export interface ByteTarget {
  write(chunk: Uint8Array): void | Promise<void>;
}

/** Turns content into stored bytes. `push` is called one at a time, `end` once, after the last. */
export interface Encoder {
  push(chunk: Uint8Array): void | Promise<void>;
  end(): void | Promise<void>;
}

/** The encoder of a writer: stored bytes go to `target`. */
export async function createEncoder(
  compression: (CompressionOptions & { readonly level: number }) | "none",
  target: ByteTarget,
): Promise<Encoder> {
  if (compression === "none") return { push: (chunk) => target.write(chunk), end: () => undefined };
  const frames = compression.codec === "zstd" ? await zstdFrames(compression.level) : gzipFrames(compression.level);
  return new FrameEncoder(frames, target);
}
