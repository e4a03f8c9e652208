import { BlockScanner } from "./block-scanner.js";
import { ByteCursor } from "./byte-cursor.js";
import { damaged } from "./damage.js";
import type { DecodeOptions } from "./decode-options.js";
import { SeenFrames } from "./frame-checks.js";
import type { FrameFacts } from "./frame-facts.js";
import { SEEK_TABLE_MAGIC } from "./seek-table.js";
import type { ZstdEngine, ZstdFrameDecoder } from "./zstd-engine.js";
import { type SkippableFrameHeader, takeFrameHeader, type ZstdFrameHeader } from "./zstd-frame-header.js";

/**
 * Decodes zstd frames in a row (RFC 8878), skippable ones too, with bounded memory whatever they expand to. Where each
 * frame ends is found here and not by the engine, so that every engine gives the same and no byte goes unread.
 */
export async function* unzstd(
  source: AsyncIterable<Uint8Array>,
  engine: ZstdEngine,
  options: DecodeOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const { contentEnd = Number.POSITIVE_INFINITY, promised, onUnchecked } = options;
  const cursor = new ByteCursor("zstd", source);
  const decoder = engine.frameDecoder(options.lendChunks === true);
  const seen = new SeenFrames();
  let contentBytes = 0;
  try {
    for (let count = 0; contentBytes < contentEnd && (await cursor.hasAnother(count)); count++) {
      const header = await takeFrameHeader(cursor, count === 0);
      const isSkippable = "bodyBytes" in header;
      const frame = isSkippable ? await skipFrame(cursor, header, seen) : yield* decodeFrame(cursor, header, decoder);
      promised?.check(frame);
      contentBytes += frame.contentBytes;
      if (isSkippable) continue;
      seen.add(frame);
      if (frame.checksum === undefined) onUnchecked?.();
    }
    promised?.checkEnd();
  } finally {
    decoder.close();
    await cursor.release();
  }
}

async function* decodeFrame(
  cursor: ByteCursor,
  header: ZstdFrameHeader,
  decoder: ZstdFrameDecoder,
): AsyncGenerator<Uint8Array, FrameFacts, void> {
  const declaredBytes = header.contentBytes ?? Number.POSITIVE_INFINITY;
  const blocks = new BlockScanner(header);
  let storedBytes = 0;
  let contentBytes = 0;
  for (let piece = header.bytes; ; ) {
    storedBytes += piece.byteLength;
    for await (const chunk of decoder.decode(piece, blocks.isAtEnd)) {
      contentBytes += chunk.byteLength;
      if (contentBytes > declaredBytes) throw damaged("zstd", `a frame has more than its ${declaredBytes} bytes`);
      yield chunk;
    }
    if (blocks.isAtEnd) break;
    const chunk = await cursor.chunkInside();
    piece = chunk.subarray(0, blocks.scan(chunk));
    cursor.advance(piece.byteLength);
  }
  if (header.contentBytes !== undefined && contentBytes !== declaredBytes) {
    throw damaged("zstd", `a frame has ${contentBytes} of its ${declaredBytes} bytes`);
  }
  return { storedBytes, contentBytes, checksum: blocks.checksum };
}

/** Passes over a frame without content. A seek table closes the frames that it tells of; any other counts as one. */
async function skipFrame(
  cursor: ByteCursor,
  { magic, bodyBytes }: SkippableFrameHeader,
  seen: SeenFrames,
): Promise<FrameFacts> {
  const frame = { storedBytes: 8 + bodyBytes, contentBytes: 0, checksum: undefined };
  const isTable = magic === SEEK_TABLE_MAGIC && (await seen.takeTable(cursor, bodyBytes));
  if (magic !== SEEK_TABLE_MAGIC) await cursor.skip(bodyBytes);
  if (!isTable) seen.add(frame);
  return frame;
}
