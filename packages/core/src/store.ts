import type { Capabilities } from "./capabilities.js";
import type { ChecksumAlgorithm } from "./checksum/algorithm.js";
import type { Codec } from "./compression/codec.js";
import type { ObjectStoreError } from "./errors.js";
import type { ByteRange, ResolvedRange } from "./range.js";
import type { ObjectWriter, WriteResult, WriterOptions } from "./writer/object-writer.js";
import type { PutSource } from "./writer/put-source.js";

/**
 * Objects under one base. Keys are relative to the base, taken verbatim, and nothing outside of it can be reached.
 * Every method refuses bad arguments with InvalidArgument, and what the store cannot do with Unsupported, before any I/O.
 * Every method takes `signal`; an aborted call stops its requests and rejects with Aborted.
 */
export interface ObjectStore extends AsyncDisposable {
  /** The backend's name, such as `fs`. */
  readonly backend: string;
  /** The base, as a URI that ends in `/`. */
  readonly uri: string;
  readonly capabilities: Capabilities;

  /** The URI of `key` in this store. */
  uriOf(key: string): string;

  /** Opens a writer. What it writes is invisible until it is finalized. */
  createWriter(key: string, options?: WriterOptions): Promise<ObjectWriter>;

  /** Writes all of `source` as one object, or nothing: a source that fails, or `signal`, cancels the write. */
  put(key: string, source: PutSource, options?: WriterOptions): Promise<WriteResult>;

  /** Opens an object for reading. The bytes are of one version even if the key is overwritten meanwhile. */
  get(key: string, options?: GetOptions): Promise<StoredObject>;

  /** The bytes of one range, clamped to the object as `Uint8Array.slice` would. */
  getRange(key: string, range: ByteRange, options?: GetRangeOptions): Promise<Uint8Array>;

  /** The bytes of many ranges of one version, in the order asked for; ranges that lie near are read together. */
  getRanges(key: string, ranges: readonly ByteRange[], options?: GetRangesOptions): Promise<Uint8Array[]>;

  /** Facts about an object; NotFound if there is none. */
  head(key: string, options?: CallOptions): Promise<ObjectInfo>;

  exists(key: string, options?: CallOptions): Promise<boolean>;

  /**
   * Objects in the order of their keys' UTF-8 bytes, fetched page by page; breaking out of the loop stops the requests.
   * Nothing is left out in silence: see `onUnlistable`.
   */
  list(options?: ListOptions): AsyncIterable<ListEntry>;

  /** Deletes an object. A missing one is no error unless `mustExist` or `ifMatch` is given. */
  delete(key: string, options?: DeleteOptions): Promise<void>;

  /** Deletes many objects and tells for each how it went, in the order given; rejects only if aborted. */
  deleteMany(keys: readonly string[], options?: CallOptions): Promise<DeleteManyResult[]>;

  /** Copies an object's stored bytes within the store, atomically; a copy onto itself changes nothing. */
  copy(sourceKey: string, targetKey: string, options?: CopyOptions): Promise<ObjectInfo>;

  /** Gives an object another key. One atomic step where `capabilities.atomicRename`, else a copy and a delete. */
  rename(sourceKey: string, targetKey: string, options?: CopyOptions): Promise<ObjectInfo>;

  /** Finds, and unless `dryRun` removes, what writers of killed processes left below the base. */
  sweepStaleUploads(options?: SweepOptions): Promise<StaleUpload[]>;

  /** Ends the use of the store; later calls reject with InvalidState. Open writers and objects go on. */
  close(): Promise<void>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface ObjectInfo {
  readonly key: string;
  readonly uri: string;
  /** Bytes in the store. */
  readonly size: number;
  /** Changes whenever the object does; opaque. */
  readonly etag: string;
  readonly lastModified: Date;
  /** CRC-32C of the content, where the store keeps it. */
  readonly checksum?: string;
  /**
   * The checksum that the store keeps of all stored bytes, by its algorithm: `crc32c:`, or for objects of other programs also
   * `crc32:`, `crc64nvme:`, `md5:`, `sha1:`, `sha256:` or `sha512:`, and lower-case hex.
   */
  readonly storedChecksum?: string;
  readonly versionId?: string;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface GetOptions extends CallOptions {
  /** Which bytes; of the content with `decode`, of the stored bytes without. Default: all. */
  readonly range?: ByteRange;
  /** Decodes: `true` by the key's extension (`.zst`, `.gz`; others are delivered as stored), or as the named codec. */
  readonly decode?: boolean | Codec;
  /**
   * The checksum that the delivered bytes must have, by any algorithm of `storedChecksum`. What is read whole is besides
   * compared with the checksums that its store keeps of it; with "none" it is not. Reading other bytes to their end fails with
   * ChecksumMismatch.
   */
  readonly verify?: string;
  /** Reads only the version with this etag; else PreconditionFailed. */
  readonly ifMatch?: string;
  /**
   * Chunks of the iteration are valid only until the next one is asked for, and their memory is used again: faster where they
   * are used at once, as `put` does. Default false: they belong to the reader.
   */
  readonly lendChunks?: boolean;
}

export type GetRangeOptions = Pick<GetOptions, "decode" | "ifMatch" | "signal">;

export interface GetRangesOptions extends GetRangeOptions {
  /** Ranges with at most this many bytes between them are read together. Default 64 KiB. */
  readonly coalesceGapBytes?: number;
}

/**
 * By what an object that was read to its end was verified: the checksum that the caller had `given`; the one that the store
 * keeps, named by its algorithm; those inside a compressed object's `frames`; or `none`.
 */
export type VerifiedBy = "given" | ChecksumAlgorithm | "frames" | "none";

/** An object opened for reading: iterate it once, or call one of the methods once; or `cancel` it. */
export interface StoredObject extends AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly info: ObjectInfo;
  /** Which bytes are delivered, `end` exclusive; absent where the content's size is not known beforehand. */
  readonly range: ResolvedRange | undefined;
  /** By what the bytes were verified; undefined before they were read to their end. */
  readonly verifiedBy: VerifiedBy | undefined;
  /** All bytes in one new buffer. */
  bytes(): Promise<Uint8Array>;
  /**
   * All bytes into the beginning of the caller's buffer; resolves with how many they are. Faster than `bytes` for a buffer that
   * is used again, whose memory the system has given already. InvalidArgument for one that is too small.
   */
  readInto(target: Uint8Array): Promise<number>;
  /** All bytes as UTF-8 text. */
  text(): Promise<string>;
  toReadable(): import("node:stream").Readable;
  toWebReadable(): ReadableStream<Uint8Array>;
  /** Releases the object without reading (the rest of) it. */
  cancel(): Promise<void>;
}

export interface ListOptions extends CallOptions {
  /** Only keys that begin so. Default: all. */
  readonly prefix?: string;
  /** Keys with this string after the prefix are summed up as one entry of kind `prefix`. */
  readonly delimiter?: string;
  /** Only keys after this one, in the order of UTF-8 bytes. */
  readonly startAfter?: string;
  /** Entries a request, 1 to 1,000. Default 1,000. */
  readonly pageSize?: number;
  /**
   * Told of each name that can't be an object's, and the listing goes on without it. By default the listing fails with
   * Unsupported where it meets one, before the entries of that page. What it throws ends the listing.
   */
  readonly onUnlistable?: (found: Unlistable) => void;
}

/** What lies between the objects of a store and can't be one: a file whose name is no UTF-8, a dead link, a pipe. */
export interface Unlistable {
  /** For people, relative to the base; bytes that are no UTF-8 are written as `\\xff`. It is no key. */
  readonly name: string;
  /** Why, to be read behind the name: `is no UTF-8`, `is a link that leads nowhere`. */
  readonly reason: string;
}

export type ListEntry =
  | ({ readonly kind: "object" } & ObjectInfo)
  | { readonly kind: "prefix"; readonly prefix: string };

export interface DeleteOptions extends CallOptions {
  /** Rejects with NotFound if there is no such object. */
  readonly mustExist?: boolean;
  /** Deletes only the version with this etag; else PreconditionFailed. */
  readonly ifMatch?: string;
}

export interface DeleteManyResult {
  readonly key: string;
  readonly error?: ObjectStoreError;
}

export interface CopyOptions extends CallOptions {
  /** Rejects with AlreadyExists if the target key is taken. */
  readonly ifNotExists?: boolean;
}

export interface SweepOptions extends CallOptions {
  /** Only what has not been touched for so long. Default 24 hours, so that running writers are left alone. */
  readonly olderThanMs?: number;
  readonly dryRun?: boolean;
}

export interface StaleUpload {
  /** Where it lies, as a person would look for it: a path or an upload id. */
  readonly name: string;
  readonly bytes: number;
  readonly lastModified: Date;
}
