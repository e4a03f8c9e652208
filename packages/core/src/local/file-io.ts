import type { FileHandle } from "node:fs/promises";
import type { ResolvedRange } from "../range.js";

/** How bytes get into and out of files: all that tells one local backend from another. */
export interface FileIo {
  /** Flags for `open`, beside those for reading and writing, such as O_DIRECT. */
  readonly openFlags: number;
  createWriter(handle: FileHandle, storedSize: number | undefined): FileWriter;
  /** The bytes of a range, in chunks that belong to the reader. The handle is closed by the caller. */
  read(handle: FileHandle, range: ResolvedRange, signal: AbortSignal | undefined): AsyncIterable<Uint8Array>;
}

/** Writes a file from its beginning to its end. */
export interface FileWriter {
  /** As `Sink.write`. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** As `Sink.lend` and `Sink.advance`; both or neither. */
  lend?(maxBytes: number): Uint8Array | undefined;
  advance?(bytes: number): void | Promise<void>;
  /** Resolves when the file holds every byte written, and not one more. */
  flush(): Promise<void>;
  /** Resolves when no write is under way any more, whatever became of it. */
  settle(): Promise<void>;
}
