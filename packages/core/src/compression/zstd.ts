import type { FrameCodec } from "./frame-encoder.js";
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
        table.add(frame.byteLength, contentBytes);
        threads.giveBack(frame);
      },
      close: () => threads.close(),
    };
  }
  const compress = engine.frameCompressor(level);
  return {
    trailer,
    framesAtOnce: Math.max(1, workers),
    written: (frame, contentBytes) => table.add(frame.byteLength, contentBytes),
    compress: (content, contentBytes) => {
      const bytes = compress(content.subarray(0, contentBytes));
      return bytes instanceof Promise ? bytes.then((done) => ({ bytes: done, content })) : { bytes, content };
    },
  };
}

/** Decodes frames in a row, skippable ones too, with bounded memory whatever they expand to. */
export async function* unzstd(
  source: AsyncIterable<Uint8Array>,
  lendChunks: boolean,
): AsyncGenerator<Uint8Array, void, void> {
  yield* (await zstdEngine()).decode(source, lendChunks);
}
