import {
  type Capabilities,
  type DriverCopyOptions,
  type DriverDeleteOptions,
  type DriverListOptions,
  type DriverObject,
  type DriverPage,
  type DriverRead,
  type DriverReadOptions,
  MultipartSink,
  planParts,
  type Sink,
  type SinkOptions,
  type StaleUpload,
  type StoreDriver,
} from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { copyObject } from "./copy.js";
import { deleteObject, deleteObjects } from "./delete.js";
import { headObject } from "./head.js";
import { S3_LIMITS } from "./limits.js";
import { listObjects } from "./list.js";
import { checkMetadata } from "./metadata.js";
import { readObject } from "./read.js";
import { sweepUploads } from "./sweep.js";
import { S3Upload } from "./upload/s3-upload.js";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/** A bucket as core works with it. */
export class S3Driver implements StoreDriver {
  readonly backend: string = "s3";
  readonly capabilities: Capabilities;
  readonly #bucket: S3Bucket;
  readonly #release: () => void;

  /** `release` is called when the driver is closed. */
  constructor(bucket: S3Bucket, release: () => void) {
    this.#bucket = bucket;
    this.#release = release;
    const { ifNotExists, ifMatch } = bucket.options.profile;
    const isLimited = ifNotExists === "whole" || ifMatch === "whole";
    this.capabilities = {
      ifNotExists: ifNotExists !== "never",
      ifMatch: ifMatch !== "never",
      ...(isLimited && { conditionsMaxBytes: bucket.options.transfer.partBytes }),
      atomicRename: false,
      metadata: true,
      anyKey: true,
      keyBelowKey: true,
      maxKeyBytes: MAX_KEY_BYTES,
    };
  }

  async openSink(key: string, options: SinkOptions): Promise<Sink> {
    checkMetadata(options.metadata, "createWriter");
    const { partBytes, partsInFlight } = this.#bucket.options.transfer;
    const { equalParts } = this.#bucket.options.profile;
    const plan = planParts(S3_LIMITS, { partBytes, storedBytes: options.storedSize, equalParts }, "createWriter");
    return new MultipartSink(new S3Upload(this.#bucket, key, options), plan, { partsInFlight, signal: options.signal });
  }

  head(key: string, signal?: AbortSignal): Promise<DriverObject> {
    return headObject(this.#bucket, key, { signal });
  }

  read(key: string, options: DriverReadOptions): Promise<DriverRead> {
    return readObject(this.#bucket, key, options);
  }

  list(options: DriverListOptions): AsyncIterable<DriverPage> {
    return listObjects(this.#bucket, options);
  }

  delete(key: string, options: DriverDeleteOptions): Promise<boolean> {
    return deleteObject(this.#bucket, key, options);
  }

  deleteMany(keys: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, unknown>> {
    return deleteObjects(this.#bucket, keys, signal);
  }

  copy(sourceKey: string, targetKey: string, options: DriverCopyOptions): Promise<DriverObject> {
    return copyObject(this.#bucket, sourceKey, targetKey, options);
  }

  sweep(options: Parameters<StoreDriver["sweep"]>[0]): Promise<StaleUpload[]> {
    return sweepUploads(this.#bucket, options);
  }

  async close(): Promise<void> {
    this.#release();
  }
}
