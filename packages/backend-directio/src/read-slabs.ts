import type { FileHandle } from "node:fs/promises";
import { type ResolvedRange, throwIfAborted } from "@sluice/core";
import { ChunkMemory, type FileReadOptions } from "@sluice/core/local";
import type { SlabLimits } from "./slab-io.js";
import { readSlab } from "./transfer.js";

/**
 * The bytes of a range, read ahead; ends early if the file does. Reads are widened to whole blocks and trimmed, and each
 * slab is copied into a chunk and given back at once, however long the reader takes.
 */
export async function* readThroughSlabs(
  handle: FileHandle,
  { start, end }: ResolvedRange,
  { pool, buffersInFlight }: SlabLimits,
  alignmentBytes: number,
  { lendChunks, signal }: FileReadOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const memory = new ChunkMemory(lendChunks);
  const underWay: Promise<Uint8Array<ArrayBuffer>>[] = [];
  let position = start - (start % alignmentBytes);
  let isStopped = false;

  const readOne = async (from: number, to: number): Promise<Uint8Array<ArrayBuffer>> => {
    const slab = (await pool.take().slab) as Uint8Array;
    try {
      if (isStopped) return new Uint8Array(0);
      const filled = await readSlab(handle, slab, alignUp(to - from, alignmentBytes), from, alignmentBytes);
      const wanted = slab.subarray(Math.max(0, start - from), Math.min(filled, end - from));
      const chunk = memory.take(wanted.byteLength);
      chunk.set(wanted);
      return chunk;
    } finally {
      pool.giveBack(slab);
    }
  };

  try {
    while (position < end || underWay.length > 0) {
      throwIfAborted(signal, "get");
      while (position < end && underWay.length < buffersInFlight) {
        const next = Math.min(position + pool.slabBytes, alignUp(end, alignmentBytes));
        const reading = readOne(position, next);
        reading.catch(() => undefined);
        underWay.push(reading);
        position = next;
      }
      const chunk = (await underWay.shift()) as Uint8Array<ArrayBuffer>;
      if (chunk.byteLength > 0) yield chunk;
      memory.giveBack(chunk);
    }
  } finally {
    isStopped = true;
    // The handle may only be closed when nothing reads from it any more.
    await Promise.allSettled(underWay);
  }
}

function alignUp(bytes: number, alignmentBytes: number): number {
  return Math.ceil(bytes / alignmentBytes) * alignmentBytes;
}
