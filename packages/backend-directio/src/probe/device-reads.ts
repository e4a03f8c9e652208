import { readFileSync, readSync } from "node:fs";
import { alignedMemory } from "../pool/wasm-memory.js";
import { PROBE_BYTES } from "./find-alignment.js";

/**
 * Whether reading the first bytes of a file, just after they were written, makes this thread read from a device: so it is
 * past the page cache, which would have had them. False also where the system does not count (proc(5), /proc/pid/io).
 * The calls are synchronous, because the count is each thread's own.
 */
export function readsFromDevice(fd: number): boolean {
  try {
    const memory = new Uint8Array(alignedMemory(PROBE_BYTES).buffer);
    const before = bytesRead();
    readSync(fd, memory, 0, PROBE_BYTES, 0);
    return bytesRead() - before >= PROBE_BYTES;
  } catch {
    return false;
  }
}

function bytesRead(): number {
  return Number(/^read_bytes: (\d+)$/m.exec(readFileSync("/proc/thread-self/io", "utf8"))?.[1]);
}
