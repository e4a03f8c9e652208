import type { FileHandle } from "node:fs/promises";
import type { ResolvedRange } from "@sluice/core";
import { throwIfAborted } from "@sluice/core";
import { ChunkMemory, type FileReadOptions } from "@sluice/core/local";

const CHUNK_BYTES = 256 << 10;

/** Reads that are under way while the reader works on a chunk. */
const READS_AHEAD = 2;

/** The bytes of a range, read ahead; ends early if the file does. */
export async function* readAhead(
  handle: FileHandle,
  { start, end }: ResolvedRange,
  { lendChunks, signal }: FileReadOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const memory = new ChunkMemory(lendChunks);
  const underWay: Promise<Uint8Array<ArrayBuffer>>[] = [];
  let position = start;
  try {
    while (position < end || underWay.length > 0) {
      throwIfAborted(signal, "get");
      while (position < end && underWay.length < READS_AHEAD) {
        const length = Math.min(CHUNK_BYTES, end - position);
        const reading = readFully(handle, memory.take(length), position);
        reading.catch(() => undefined);
        underWay.push(reading);
        position += length;
      }
      const chunk = (await underWay.shift()) as Uint8Array<ArrayBuffer>;
      if (chunk.byteLength > 0) yield chunk;
      memory.giveBack(chunk);
    }
  } finally {
    // The handle may only be closed when nothing reads from it any more.
    await Promise.allSettled(underWay);
  }
}

/** Fills a buffer, or less of it at the end of the file. */
async function readFully(
  handle: FileHandle,
  buffer: Uint8Array<ArrayBuffer>,
  position: number,
): Promise<Uint8Array<ArrayBuffer>> {
  let filled = 0;
  while (filled < buffer.byteLength) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.byteLength - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
