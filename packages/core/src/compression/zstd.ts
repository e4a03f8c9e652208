import type { FrameCodec } from "./frame-encoder.js";
import { SeekTableBuilder } from "./seek-table.js";
import { zstdEngine } from "./zstd-engine.js";

/** Independent zstd frames, each with its own checksum, and the seek table behind them. */
export async function zstdFrames(level: number): Promise<FrameCodec> {
  const compress = (await zstdEngine()).frameCompressor(level);
  const table = new SeekTableBuilder();
  const record = (frame: Uint8Array, contentBytes: number): Uint8Array => {
    table.add(frame.byteLength, contentBytes);
    return frame;
  };
  return {
    compress: (content) => {
      const frame = compress(content);
      return frame instanceof Promise
        ? frame.then((done) => record(done, content.byteLength))
        : record(frame, content.byteLength);
    },
    trailer: () => table.encode(),
  };
}

/** Decodes frames in a row, skippable ones too, with bounded memory whatever they expand to. */
export async function* unzstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  yield* (await zstdEngine()).decode(source);
}
