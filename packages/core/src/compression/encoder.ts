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

/** Makes a writer's encoder over the target of its stored bytes. */
export type EncoderFactory = (target: ByteTarget) => Encoder;

/** Loads what the codec needs, so that a codec that can't be had is refused before anything is opened. */
export async function prepareEncoder(
  compression: (CompressionOptions & { readonly level: number }) | "none",
): Promise<EncoderFactory> {
  if (compression === "none") return (target) => ({ push: (chunk) => target.write(chunk), end: () => undefined });
  const frames = compression.codec === "zstd" ? await zstdFrames(compression.level) : gzipFrames(compression.level);
  return (target) => new FrameEncoder(frames, target);
}
