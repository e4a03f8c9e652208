import { crc32, createInflateRaw } from "node:zlib";
import { ByteCursor } from "./byte-cursor.js";
import { damaged } from "./damage.js";
import type { DecodeOptions } from "./decode-options.js";
import { skipGzipHeader } from "./gzip-header.js";
import { ZLIB_CHUNK_BYTES, ZlibFeed } from "./zlib-feed.js";

const TRAILER_BYTES = 8;

/**
 * Decodes gzip members in a row (RFC 1952, section 2.2), with bounded memory whatever they expand to. Where each member
 * ends is found here: the gunzip of node:zlib takes a zero byte behind a member for the end of everything.
 */
export async function* gunzip(
  source: AsyncIterable<Uint8Array>,
  { contentEnd = Number.POSITIVE_INFINITY }: DecodeOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const cursor = new ByteCursor("gzip", source);
  let contentBytes = 0;
  try {
    for (let count = 0; contentBytes < contentEnd && (await cursor.hasAnother(count)); count++) {
      await skipGzipHeader(cursor, count === 0);
      contentBytes += yield* inflateMember(cursor);
    }
  } finally {
    await cursor.release();
  }
}

/** Decodes a member behind its header, checks it, and returns how many bytes its content has. */
async function* inflateMember(cursor: ByteCursor): AsyncGenerator<Uint8Array, number, void> {
  const feed = new ZlibFeed("gzip", createInflateRaw({ chunkSize: ZLIB_CHUNK_BYTES }));
  let contentBytes = 0;
  let checksum = 0;
  try {
    // The end is noticed with bytes behind it at the latest; a trailer always is.
    while (!feed.isOver) {
      const takenBefore = feed.bytesTaken;
      for await (const chunk of feed.push(await cursor.chunkInside())) {
        contentBytes += chunk.byteLength;
        checksum = crc32(chunk, checksum);
        yield chunk;
      }
      cursor.advance(feed.bytesTaken - takenBefore);
    }
  } finally {
    feed.close();
  }
  const trailer = await cursor.take(TRAILER_BYTES);
  const view = new DataView(trailer.buffer);
  if (view.getUint32(0, true) !== checksum) throw damaged("gzip", "a member has another checksum than it says");
  if (view.getUint32(4, true) !== contentBytes % 2 ** 32)
    throw damaged("gzip", "a member has another size than it says");
  return contentBytes;
}
