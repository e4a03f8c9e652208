import type { SinkReceipt, SinkSummary } from "../sink/sink.js";

/**
 * The five primitives by which a store takes a large object in parts (S3) or blocks (Azure). A backend gives one for each
 * writer; `MultipartSink` calls it and nobody else: `putWhole` alone, or `begin`, `putPart` any number of times (several
 * at once), then `complete`. Each retries on its own what is worth retrying, and stops its requests on `signal`.
 */
export interface MultipartUpload<Receipt> {
  /** Stores an object that fits into one part, in one request. The conditions hold. */
  putWhole(bytes: Uint8Array, summary: SinkSummary, signal: AbortSignal): Promise<SinkReceipt>;
  /** Opens the upload; nothing becomes visible. */
  begin(signal: AbortSignal): Promise<void>;
  /** Stores one part. Its bytes stay as they are until the promise has settled, and not longer. */
  putPart(part: UploadPart, signal: AbortSignal): Promise<Receipt>;
  /**
   * Makes the object of all parts, in their order, visible in one step. The conditions hold. Rejects only if it can't be
   * known that the object is visible: an answer that was lost is asked after.
   */
  complete(parts: readonly StoredPart<Receipt>[], summary: SinkSummary, signal: AbortSignal): Promise<SinkReceipt>;
  /** Leaves no parts behind. Called once, after every other call has settled, if `begin` has succeeded. */
  abort(signal: AbortSignal): Promise<void>;
}

export interface UploadPart {
  /** From 1. */
  readonly number: number;
  /** Where in the object it begins. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** CRC-32C of the bytes as they came from the writer, unsigned: what the server should find. */
  readonly crc32c: number;
}

/** A part that the store has taken. */
export interface StoredPart<Receipt> {
  readonly number: number;
  readonly byteLength: number;
  readonly crc32c: number;
  readonly receipt: Receipt;
}
