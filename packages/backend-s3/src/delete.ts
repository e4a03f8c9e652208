import { DeleteObjectCommand, DeleteObjectsCommand } from "@aws-sdk/client-s3";
import {
  batchesOf,
  type DriverDeleteOptions,
  forEachConcurrently,
  isObjectStoreError,
  ObjectStoreError,
  throwIfAborted,
} from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { withContentMd5 } from "./client/request-middleware.js";
import { attemptsOf, fromS3Error } from "./errors.js";
import { headObject } from "./read.js";

/** S3's limit for one request. */
const MAX_KEYS = 1000;
/** Requests of one call at once. */
const REQUESTS_IN_FLIGHT = 4;
const SINGLE_DELETES_IN_FLIGHT = 16;

/**
 * Deletes; false if there was none, as far as it was asked for: S3's own answer is the same either way. The etag is also
 * compared before, since some servers ignore the condition.
 */
export async function deleteObject(bucket: S3Bucket, key: string, options: DriverDeleteOptions): Promise<boolean> {
  const { mustExist, ifMatch, signal } = options;
  if (mustExist === true || ifMatch !== undefined) {
    try {
      await headObject(bucket, key, { ifMatch, signal });
    } catch (error) {
      if (isObjectStoreError(error, "NotFound") && !isMissingBucket(error)) return false;
      throw error;
    }
  }
  const command = new DeleteObjectCommand({
    ...{ Bucket: bucket.name, Key: key },
    ...(ifMatch !== undefined && { IfMatch: ifMatch }),
  });
  try {
    await bucket.call((sending) => bucket.client.send(command, sending), { key, signal });
    return true;
  } catch (error) {
    if (!isObjectStoreError(error, "NotFound") || isMissingBucket(error)) throw error;
    // Gone since it was looked at: by this request itself if it was sent more than once.
    return attemptsOf(error) > 1;
  }
}

function isMissingBucket({ cause }: ObjectStoreError): boolean {
  return (cause as { readonly name?: unknown } | undefined)?.name === "NoSuchBucket";
}

/** 1,000 keys a request; an error for each key that the server, or its whole request, failed with. */
export async function deleteObjects(
  bucket: S3Bucket,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  const errors = new Map<string, unknown>();
  const { deletesMany } = bucket.options.profile;
  const batches = [...batchesOf(keys, deletesMany ? MAX_KEYS : 1)];
  await forEachConcurrently(batches, deletesMany ? REQUESTS_IN_FLIGHT : SINGLE_DELETES_IN_FLIGHT, async (batch) => {
    throwIfAborted(signal, "deleteMany");
    try {
      if (deletesMany) await deleteBatch(bucket, batch, errors, signal);
      else await deleteObject(bucket, batch[0] as string, signal === undefined ? {} : { signal });
    } catch (error) {
      for (const key of batch) errors.set(key, error);
    }
  });
  return errors;
}

async function deleteBatch(
  bucket: S3Bucket,
  keys: readonly string[],
  errors: Map<string, unknown>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const command = new DeleteObjectsCommand({
    Bucket: bucket.name,
    Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
  });
  withContentMd5(command);
  const { Errors = [] } = await bucket.call((options) => bucket.client.send(command, options), { signal });
  for (const { Key, Code = "", Message = "" } of Errors) {
    if (Key === undefined) throw new ObjectStoreError("Internal", `a key was not deleted: ${Code}`);
    if (Code === "NoSuchKey") continue;
    errors.set(Key, fromS3Error({ name: Code, message: Message }, { bucket: bucket.name, key: Key }));
  }
}
