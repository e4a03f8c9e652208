import type { FileHandle } from "node:fs/promises";
import type { ResolvedRange } from "@sluice/core";
import { throwIfAborted } from "@sluice/core";

const CHUNK_BYTES = 256 << 10;

/** Reads that are under way while the reader works on a chunk. */
const READS_AHEAD = 2;

/** The bytes of a range, read ahead; ends early if the file does. */
export async function* readAhead(
  handle: FileHandle,
  { start, end }: ResolvedRange,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const underWay: Promise<Uint8Array>[] = [];
  let position = start;
  try {
    while (position < end || underWay.length > 0) {
      throwIfAborted(signal, "get");
      while (position < end && underWay.length < READS_AHEAD) {
        const length = Math.min(CHUNK_BYTES, end - position);
        const reading = readFully(handle, position, length);
        reading.catch(() => undefined);
        underWay.push(reading);
        position += length;
      }
      const chunk = (await underWay.shift()) as Uint8Array;
      if (chunk.byteLength > 0) yield chunk;
    }
  } finally {
    // The handle may only be closed when nothing reads from it any more.
    await Promise.allSettled(underWay);
  }
}

/** `length` bytes, or fewer at the end of the file. */
async function readFully(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(new ArrayBuffer(length));
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
