import type { Capabilities } from "./capabilities.js";
import type { ByteRange, ResolvedRange } from "./range.js";
import type { Sink, SinkOptions } from "./sink/sink.js";
import type { StaleUpload, Unlistable } from "./store.js";

/**
 * What a backend writes: its own primitives and nothing else. Arguments have been checked, keys are whole (the store's
 * prefix is in them), and conditions that `capabilities` lacks never arrive. Errors are thrown as ObjectStoreError with
 * core's codes; core adds operation, URI and backend where they are absent. Each method stops its requests on `signal`.
 */
export interface StoreDriver {
  /** The backend's name, such as `fs`. */
  readonly backend: string;
  readonly capabilities: Capabilities;

  /** Refuses with InvalidArgument a key that only this backend cannot hold. */
  checkKey?(key: string, operation: string): void;
  openSink(key: string, options: SinkOptions): Promise<Sink>;
  head(key: string, signal?: AbortSignal): Promise<DriverObject>;
  read(key: string, options: DriverReadOptions): Promise<DriverRead>;
  /** Pages of what lies under `prefix`, in the order of UTF-8 bytes; a page is fetched when it is asked for. */
  list(options: DriverListOptions): AsyncIterable<DriverPage>;
  /** Deletes; false if there was no such object, which has to be told only with `mustExist` or `ifMatch`. */
  delete(key: string, options: DriverDeleteOptions): Promise<boolean>;
  /** Many at once, where the store has a call for it; an error for each key that failed. */
  deleteMany?(keys: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, unknown>>;
  /**
   * A copy without the bytes passing through this process; without it core streams them. Resolves with the facts of the version
   * that was copied where the copy was somebody else's work: core then looks whether the target has its size.
   */
  copy?(sourceKey: string, targetKey: string, options: DriverCopyOptions): Promise<DriverObject | undefined>;
  /** One atomic step; without it core copies and deletes. */
  rename?(sourceKey: string, targetKey: string, options: DriverCopyOptions): Promise<void>;
  sweep(options: {
    readonly prefix: string;
    readonly olderThanMs: number;
    readonly dryRun: boolean;
    readonly signal?: AbortSignal;
  }): Promise<StaleUpload[]>;
  close(): Promise<void>;
}

/** Facts about an object, as the backend knows them. */
export interface DriverObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly checksum?: string;
  /** Of all stored bytes, by an algorithm of core's; a checksum of parts' checksums is none. */
  readonly storedChecksum?: string;
  readonly versionId?: string;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface DriverReadOptions {
  readonly range?: ByteRange;
  /** Only this version; else PreconditionFailed. */
  readonly ifMatch?: string;
  /** Chunks need be valid only until the next one is asked for: their memory may be used again. */
  readonly lendChunks?: boolean;
  /** Where all of an object is read, `object` is to tell the `storedChecksum`, if the store keeps one. */
  readonly wantsChecksum?: boolean;
  readonly signal?: AbortSignal;
}

/** An opened object of one version. Its body is iterated once, or cancelled. Chunks belong to the reader, unless they are lent. */
export interface DriverRead {
  readonly object: DriverObject;
  readonly range: ResolvedRange;
  readonly body: AsyncIterable<Uint8Array>;
  /**
   * Where it is faster than the body, and instead of it: fills `target`, which is as long as the range, in any order, and
   * resolves with the CRC-32C of the bytes where `hash` asks for it.
   */
  into?(target: Uint8Array, hash: boolean): Promise<number | undefined>;
  cancel(): Promise<void>;
}

export interface DriverListOptions {
  readonly prefix: string;
  readonly delimiter?: string;
  readonly startAfter?: string;
  readonly pageSize: number;
  readonly signal?: AbortSignal;
}

export type DriverEntry = DriverObject | { readonly prefix: string };

export interface DriverPage {
  readonly entries: readonly DriverEntry[];
  /** What was met on the way and can't be told as an object: names that the listing would leave out otherwise. */
  readonly unlistable?: readonly Unlistable[];
}

export interface DriverDeleteOptions {
  /** The caller needs to know whether there was an object. */
  readonly mustExist?: boolean;
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

export interface DriverCopyOptions {
  readonly ifNotExists?: boolean;
  readonly signal?: AbortSignal;
}
