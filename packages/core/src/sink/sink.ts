/**
 * Where a writer's stored bytes go. A backend gives one for each writer; the writer in core calls it and nobody else:
 * `write` any number of times, one at a time, then either `commit` or `abort`.
 */
export interface Sink {
  /**
   * Takes bytes. Whatever it keeps it has copied when it returns, or when the promise it returned resolves. Returning
   * nothing means there is room for more; a promise means wait. `crc32c` is the CRC-32C of everything written so far, this
   * chunk included, so that nobody has to hash twice.
   */
  write(chunk: Uint8Array, crc32c: number): void | Promise<void>;
  /**
   * Lends the place where the next bytes will lie, at least one and at most `maxBytes`, so that whoever makes them can make
   * them there and spare a copy. Undefined where there is no such place, now or ever: then `write` is called. What was
   * lent is valid until the next call of any method.
   */
  lend?(maxBytes: number): Uint8Array | undefined;
  /** Takes the first `bytes` of what was lent last, which have been filled. Otherwise as `write`. */
  advance?(bytes: number, crc32c: number): void | Promise<void>;
  /** Makes the object visible, whole, in one step; rejects and leaves nothing behind if it cannot. */
  commit(summary: SinkSummary): Promise<SinkReceipt>;
  /**
   * Gives the object up and leaves nothing behind. Called at most once, after a failed `write` or `commit` too, and also
   * while a write is in flight, which it waits for or stops.
   */
  abort(): Promise<void>;
}

/** What the writer knows of the object when it is complete. */
export interface SinkSummary {
  readonly size: number;
  readonly storedSize: number;
  readonly checksum: string;
  readonly storedChecksum: string;
}

/** Whether a file's bytes went past the page cache to the device, or through the page cache. */
export type IoMode = "direct" | "buffered";

/** What the store answered. */
export interface SinkReceipt {
  readonly etag?: string;
  readonly versionId?: string;
  readonly parts?: number;
  readonly verifiedBy?: "server" | "none";
  readonly ioMode?: IoMode;
}

/** What a sink has to know before the first byte. Conditions hold at `commit`. */
export interface SinkOptions {
  /** The stored size in bytes, where it is known. */
  readonly storedSize?: number;
  readonly ifNotExists?: boolean;
  readonly ifMatch?: string;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}
