import type { CompressionOptions } from "../compression/codec.js";
import type { IoMode } from "../sink/sink.js";
import type { Producer } from "./steps.js";

export type WriterState = "open" | "finalizing" | "finalized" | "cancelled" | "failed";

/**
 * Writes one object in a stream. Nothing is visible under the key before {@link finalize}; all of it is after.
 *
 * | state \ call | writeChunk | finalize | cancel |
 * |---|---|---|---|
 * | open | accepted; resolves when there is room | → finalized | → cancelled; the old object is untouched |
 * | finalizing | InvalidState | the same promise | waits, then as in the state reached |
 * | finalized | InvalidState | the same result again | no-op |
 * | cancelled | InvalidState | InvalidState | no-op |
 * | failed | the first error | the first error | cleans up, resolves |
 */
export interface ObjectWriter extends AsyncDisposable {
  /** The final key, with the codec's extension, known before the first byte. */
  readonly key: string;
  /** The final URI. */
  readonly uri: string;
  readonly state: WriterState;
  readonly compression: CompressionOptions | "none";
  /** Content bytes accepted so far. */
  readonly bytesWritten: number;
  /** Encoded bytes handed to the store so far; equals `bytesWritten` without compression. */
  readonly compressedBytes: number;
  /** `compressedBytes ÷ bytesWritten`; 1 when nothing was written. */
  readonly compressionRatio: number;

  /** The checksum of the content so far, as `crc32c:` and 8 hex digits; may be read at any time and consumes nothing. */
  checksum(): string;

  /**
   * Appends `chunk`. Resolves when there is room for the next one; the caller may then reuse its buffer.
   * Calls that are not awaited are written in the order they were made.
   */
  writeChunk(chunk: Uint8Array): Promise<void>;

  /**
   * Appends `byteLength` bytes that `produce` makes, at most 64 KiB a call. Where the store can lend the place in which
   * they will be stored, `produce` gets it as `room` and may make them there, without a copy; what it returns counts.
   * Otherwise as {@link writeChunk}.
   */
  writeFrom(produce: Producer, byteLength: number): Promise<void>;

  /**
   * Appends `chunk`, whose CRC-32C the caller has computed already, in another thread for instance: it is not hashed again.
   * The caller answers for the value; with a wrong one the object's checksum is wrong, and a store that checks refuses it.
   * Otherwise as {@link writeChunk}.
   */
  writeHashed(chunk: Uint8Array, crc32c: number): Promise<void>;

  /** Makes the object visible, whole, and tells what was stored. */
  finalize(): Promise<WriteResult>;

  /** Gives the object up: nothing becomes visible and nothing is left behind. */
  cancel(): Promise<void>;
}

export interface WriteResult {
  readonly uri: string;
  readonly key: string;
  /** Content bytes, before compression. */
  readonly size: number;
  /** Bytes in the store; equals `size` without compression. */
  readonly storedSize: number;
  /** CRC-32C of the content, equal on every backend and for every chunking. */
  readonly checksum: string;
  /** CRC-32C of the stored bytes. */
  readonly storedChecksum: string;
  readonly compression: CompressionOptions | "none";
  readonly etag?: string;
  readonly versionId?: string;
  /** How many parts or blocks the upload had, where it had any. */
  readonly parts?: number;
  /** Who compared the stored bytes with `storedChecksum`: the server on arrival, a read-back, or nobody. */
  readonly verifiedBy: "server" | "readback" | "none";
  /** How the bytes were written, where the store is of files and says so. */
  readonly ioMode?: IoMode;
}

export interface WriterOptions {
  /** Encodes the content on the way; the key gains the codec's extension. Default: none. */
  readonly compression?: CompressionOptions | "none";
  /** The content's size in bytes, if known; a different number of bytes written is refused at finalize. */
  readonly size?: number;
  /** Publishes only if no object has the key; else finalize rejects with AlreadyExists. */
  readonly ifNotExists?: boolean;
  /** Publishes only over the object with this etag; else finalize rejects with PreconditionFailed. */
  readonly ifMatch?: string;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Reads the stored bytes back after publishing and compares their checksum. Default: false. */
  readonly readback?: boolean;
  /** Cancels the writer when it fires, at any time until finalize has resolved. */
  readonly signal?: AbortSignal;
}
