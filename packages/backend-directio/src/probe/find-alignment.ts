import type { FileHandle } from "node:fs/promises";
import { nativeCode } from "@sluice/core/local";
import { alignedMemory } from "../pool/wasm-memory.js";

/** Smaller probes pass on memory that larger ones are refused for. */
export const PROBE_BYTES: number = 64 << 10;

/** The coarsest alignment that is tried; slabs and files are aligned to it whatever is found. */
export const MAX_ALIGNMENT_BYTES: number = 64 << 10;

const MIN_ALIGNMENT_BYTES = 512;

/** The finest alignment of address, offset and length at which the file is written and read directly, if there is any. */
export async function findAlignment(handle: FileHandle): Promise<number | undefined> {
  const memory = new Uint8Array(alignedMemory(PROBE_BYTES + 2 * MAX_ALIGNMENT_BYTES).buffer);
  for (let alignment = MIN_ALIGNMENT_BYTES; alignment <= MAX_ALIGNMENT_BYTES; alignment *= 2) {
    const bytes = memory.subarray(alignment, alignment + PROBE_BYTES + alignment);
    if (await isTaken(handle, bytes, alignment)) return alignment;
  }
  return undefined;
}

/** Whether the file takes any address, offset and length, as no device does. */
export async function takesAnything(handle: FileHandle): Promise<boolean> {
  return isTaken(handle, new Uint8Array(alignedMemory(2 * PROBE_BYTES).buffer).subarray(1, PROBE_BYTES), 3);
}

async function isTaken(handle: FileHandle, bytes: Uint8Array, position: number): Promise<boolean> {
  try {
    await handle.write(bytes, 0, bytes.byteLength, position);
    await handle.read(bytes, 0, bytes.byteLength, position);
    return true;
  } catch (error) {
    if (nativeCode(error) === "EINVAL") return false;
    throw error;
  }
}
