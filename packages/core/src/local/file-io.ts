import type { FileHandle } from "node:fs/promises";
import type { ResolvedRange } from "../range.js";
import type { IoMode } from "../sink/sink.js";

/** How bytes get into and out of files: all that tells one local backend from another. */
export interface FileIo {
  /** Whether bytes go past the page cache; the result of finalize tells it where it is given. */
  readonly ioMode?: IoMode;
  /** Opens a file, as `open` of node:fs/promises does, with whatever this way of writing and reading needs. */
  open(path: string, flags: number, permissions?: number): Promise<FileHandle>;
  createWriter(handle: FileHandle, storedSize: number | undefined): FileWriter;
  /** The bytes of a range; ends early if the file does. The handle is closed by the caller. */
  read(handle: FileHandle, range: ResolvedRange, options: FileReadOptions): AsyncIterable<Uint8Array>;
  /** Makes the new file `target` hold the bytes of `source`; the caller removes it after a failure. */
  copyFile(source: string, target: string, signal: AbortSignal | undefined): Promise<void>;
}

export interface FileReadOptions {
  /** As in `DriverReadOptions`. */
  readonly lendChunks?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Chooses how the files of one existing folder are written and read; refuses with Unsupported where it can't be done. */
export type FileIoChooser = (folder: string) => Promise<FileIo>;

/** Writes a file from its beginning to its end. */
export interface FileWriter {
  /** As `Sink.write`. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** As `Sink.lend` and `Sink.advance`; both or neither. */
  lend?(maxBytes: number): Uint8Array | undefined;
  advance?(bytes: number): void | Promise<void>;
  /** Resolves when the file holds every byte written, and not one more. */
  flush(): Promise<void>;
  /** Ends the writer: resolves when no write is under way any more, whatever became of it. */
  settle(): Promise<void>;
}
