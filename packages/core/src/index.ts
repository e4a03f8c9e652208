export type { Capabilities } from "./capabilities.js";
export { type ChecksumAlgorithm, checksumText } from "./checksum/algorithm.js";
export { Crc32c, crc32c } from "./checksum/crc32c.js";
export { crc64Nvme } from "./checksum/crc64.js";
export { formatChecksum, parseChecksum } from "./checksum/text.js";
export { type Codec, type CompressionOptions, codecOfKey } from "./compression/codec.js";
export { batchesOf, forEachConcurrently } from "./concurrency.js";
export type { DiscoveryOptions } from "./discovery.js";
export type {
  DriverCopyOptions,
  DriverDeleteOptions,
  DriverEntry,
  DriverListOptions,
  DriverObject,
  DriverPage,
  DriverRead,
  DriverReadOptions,
  StoreDriver,
} from "./driver.js";
export { createStore, type StoreBase } from "./driver-store.js";
export {
  type ErrorCode,
  type ErrorDetails,
  isObjectStoreError,
  ObjectStoreError,
  toObjectStoreError,
} from "./errors.js";
export { compareKeys } from "./key.js";
export { groupByDelimiter, groupOf, isAfter, nameOf, toPages } from "./list-pages.js";
export { type AnsweredPage, ListingCheck, type ListingScope, MAX_EMPTY_PAGES, PageTokens } from "./listing-check.js";
export { createMemoryStore, memoryBackend } from "./memory/memory-backend.js";
export { MultipartSink, type MultipartSinkOptions } from "./multipart/multipart-sink.js";
export type { MultipartUpload, StoredPart, UploadPart } from "./multipart/multipart-upload.js";
export { type PartLimits, type PartPlan, type PartPlanOptions, planParts } from "./multipart/part-plan.js";
export { type OpenOptions, openObject, openStore, openWriter } from "./open.js";
export { checkBoolean, checkInteger, checkOptions, type IntegerLimits, integerOptions, refuse } from "./options.js";
export type { BackendPlugin, StoreLocation } from "./plugin.js";
export { type ByteRange, type ResolvedRange, resolveRange } from "./range.js";
export { type ReadCheck, readChecked } from "./read/checked-read.js";
export { type AskedRange, extentOf, type RangeAnswer } from "./read/extent.js";
export type { OpenedRange } from "./read/opened-range.js";
export { type RangedBody, type RangedBodyOptions, rangedBody } from "./read/ranged-body.js";
export {
  type OpenedObject,
  type RangedReadLimits,
  type RangedSource,
  type ReadPin,
  readByRanges,
  type WholeObject,
} from "./read/read-by-ranges.js";
export type { OpenRange, ResumeLimits } from "./read/read-window.js";
export { BACKEND_PACKAGES, defaultRegistry, StoreRegistry, type StoreRegistryOptions } from "./registry.js";
export { REQUEST_LIMITS, type RequestCall, type RequestLimits, Requests } from "./requests.js";
export { codeOfConnection, codeOfStatus, withoutSecrets } from "./service-errors.js";
export { checkChoice, checkEndpoint, checkTags, checkText } from "./service-options.js";
export { abortedError, allowManyCalls, orAborted, throwIfAborted, withGrace } from "./signal.js";
export { BufferedSink } from "./sink/buffered-sink.js";
export { type LentMemory, lentMemoryOf, registerLentMemory, type WasmMemory } from "./sink/lent-memory.js";
export type { IoMode, Sink, SinkOptions, SinkReceipt, SinkSummary } from "./sink/sink.js";
export type {
  CallOptions,
  CopyOptions,
  DeleteManyResult,
  DeleteOptions,
  GetOptions,
  GetRangeOptions,
  GetRangesOptions,
  ListEntry,
  ListOptions,
  ObjectInfo,
  ObjectStore,
  StaleUpload,
  StoredObject,
  SweepOptions,
  Unlistable,
  VerifiedBy,
} from "./store.js";
export { TRANSFER_LIMITS, type TransferOptions } from "./transfer-options.js";
export { asBasePath, formatObjectUri, type ObjectUri, parseObjectUri } from "./uri.js";
export { type RequestContext, serveRequests } from "./workers/serve-requests.js";
export { WorkerPool, type WorkerPoolOptions } from "./workers/worker-pool.js";
export type { ObjectWriter, WriteResult, WriterOptions, WriterState } from "./writer/object-writer.js";
export type { PutSource } from "./writer/put-source.js";
export type { Producer } from "./writer/steps.js";
export { toWebWritable, toWritable } from "./writer/to-writable.js";
