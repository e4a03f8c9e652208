import type { FrameCodec } from "./frame-encoder.js";
import type { FrameFacts } from "./frame-facts.js";
import { FrameThreads } from "./frame-threads.js";
import { SeekTableBuilder } from "./seek-table.js";
import { zstdEngine } from "./zstd-engine.js";

/**
 * Independent zstd frames, each with its own checksum, and the seek table behind them. With `workers` they are made in so
 * many threads: this package's, or those of an engine that has its own.
 */
export async function zstdFrames(level: number, workers: number): Promise<FrameCodec> {
  const engine = await zstdEngine();
  const table = new SeekTableBuilder();
  const trailer = (): Uint8Array => table.encode();
  if (workers > 0 && !engine.isThreaded) {
    const threads = new FrameThreads(level, workers);
    return {
      trailer,
      framesAtOnce: threads.framesAtOnce,
      compress: (content, contentBytes) => threads.compress(content, contentBytes),
      written: (frame, contentBytes) => {
        table.add(factsOf(frame, contentBytes));
        threads.giveBack(frame);
      },
      close: () => threads.close(),
    };
  }
  const compress = engine.frameCompressor(level);
  return {
    trailer,
    framesAtOnce: Math.max(1, workers),
    written: (frame, contentBytes) => table.add(factsOf(frame, contentBytes)),
    compress: (content, contentBytes) => {
      const bytes = compress(content.subarray(0, contentBytes));
      return bytes instanceof Promise ? bytes.then((done) => ({ bytes: done, content })) : { bytes, content };
    },
  };
}

/** The engines end a frame with its checksum: the lower half of the content's XXH64, little-endian (RFC 8878, 3.1.1). */
function factsOf(frame: Uint8Array, contentBytes: number): FrameFacts {
  const checksum = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(frame.byteLength - 4, true);
  return { storedBytes: frame.byteLength, contentBytes, checksum };
}
