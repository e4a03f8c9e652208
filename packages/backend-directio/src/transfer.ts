import type { FileHandle } from "node:fs/promises";
import { ObjectStoreError } from "@sluice/core";
import { explainInvalid } from "./errors.js";

/**
 * Writes the first `length` bytes of a slab, a multiple of the alignment. After a short write it goes on from the last
 * aligned byte that was written, since nothing else may be written directly.
 */
export async function writeSlab(
  handle: Pick<FileHandle, "write">,
  slab: Uint8Array,
  length: number,
  position: number,
  alignmentBytes: number,
): Promise<void> {
  for (let written = 0; written < length; ) {
    const { bytesWritten } = await handle
      .write(slab, written, length - written, position + written)
      .catch(explainWrite);
    const taken = bytesWritten - (bytesWritten % alignmentBytes);
    if (taken === 0) {
      throw new ObjectStoreError(
        "Internal",
        `the system wrote ${bytesWritten} of ${length - written} bytes, and no error`,
      );
    }
    written += taken;
  }
}

/**
 * Reads up to `length` bytes, a multiple of the alignment, into a slab, and resolves with how many there are: fewer only at
 * the end of the file. A short read that ends aligned is gone on with; one that does not has met the file's end.
 */
export async function readSlab(
  handle: Pick<FileHandle, "read">,
  slab: Uint8Array,
  length: number,
  position: number,
  alignmentBytes: number,
): Promise<number> {
  let filled = 0;
  while (filled < length && filled % alignmentBytes === 0) {
    const { bytesRead } = await handle.read(slab, filled, length - filled, position + filled).catch(explainRead);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

function explainWrite(error: unknown): never {
  throw explainInvalid(error, "write");
}

function explainRead(error: unknown): never {
  throw explainInvalid(error, "read");
}
