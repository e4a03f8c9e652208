import type { CheckedCompression } from "./codec.js";
import { FrameEncoder } from "./frame-encoder.js";
import { gzipFrames } from "./gzip.js";
import { zstdFrames } from "./zstd.js";

/** What bytes are pushed into, in order; a returned promise means wait. */
export interface ByteTarget {
  /** `crc32c` is the chunk's, where somebody has hashed it already. */
  write(chunk: Uint8Array, crc32c?: number): void | Promise<void>;
}

/** Turns content into stored bytes. `push` is called one at a time, `end` once, after the last. */
export interface Encoder {
  push(chunk: Uint8Array): void | Promise<void>;
  end(): void | Promise<void>;
  /** Releases what it holds; called once, whether it has come to its end or not. */
  close?(): void;
}

/** Makes a writer's encoder over the target of its stored bytes. */
export type EncoderFactory = (target: ByteTarget) => Encoder;

/** Loads what the codec needs, so that a codec that can't be had is refused before anything is opened. */
export async function prepareEncoder(compression: CheckedCompression | "none"): Promise<EncoderFactory> {
  if (compression === "none") return (target) => ({ push: (chunk) => target.write(chunk), end: () => undefined });
  const { level, workers } = compression;
  const frames = compression.codec === "zstd" ? await zstdFrames(level, workers) : gzipFrames(level, workers);
  return (target) => new FrameEncoder(frames, target);
}
