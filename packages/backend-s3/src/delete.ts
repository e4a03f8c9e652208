import { DeleteObjectCommand, DeleteObjectsCommand, type DeleteObjectsCommandOutput } from "@aws-sdk/client-s3";
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
import { headObject, objectExists } from "./head.js";
import { isPlainInXml } from "./xml-names.js";

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
    const { $metadata } = await bucket.send(command, { key, signal });
    // An answer without a body or a request id may be anybody's.
    if ($metadata.requestId === undefined && (await objectExists(bucket, key, signal))) throw stillThere(key);
    return true;
  } catch (error) {
    // By this request itself if it was sent more than once. Some servers call the missing object another version.
    const wasSentAgain = attemptsOf(error) > 1;
    const isRefused = wasSentAgain && isObjectStoreError(error, "PreconditionFailed");
    if (isRefused && !(await objectExists(bucket, key, signal))) return true;
    if (!isObjectStoreError(error, "NotFound") || isMissingBucket(error)) throw error;
    return wasSentAgain;
  }
}

function stillThere(key: string): ObjectStoreError {
  return new ObjectStoreError("Unavailable", `the answer is not from S3: ${JSON.stringify(key)} is still there`);
}

function isMissingBucket({ cause }: ObjectStoreError): boolean {
  return (cause as { readonly name?: unknown } | undefined)?.name === "NoSuchBucket";
}

/**
 * 1,000 keys a request; an error for each key that the server, or its whole request, failed with. A key that the answer does
 * not name, or that XML may change, is deleted alone.
 */
export async function deleteObjects(
  bucket: S3Bucket,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  const errors = new Map<string, unknown>();
  const isForBatch = (key: string): boolean => bucket.options.profile.deletesMany && isPlainInXml(key);
  const alone = keys.filter((key) => !isForBatch(key));
  const batches = [...batchesOf(keys.filter(isForBatch), MAX_KEYS)];
  await forEachConcurrently(batches, REQUESTS_IN_FLIGHT, async (batch) => {
    throwIfAborted(signal, "deleteMany");
    try {
      alone.push(...(await deleteBatch(bucket, batch, errors, signal)));
    } catch (error) {
      for (const key of batch) errors.set(key, error);
    }
  });
  await forEachConcurrently(alone, SINGLE_DELETES_IN_FLIGHT, async (key) => {
    throwIfAborted(signal, "deleteMany");
    try {
      await deleteObject(bucket, key, signal === undefined ? {} : { signal });
    } catch (error) {
      errors.set(key, error);
    }
  });
  return errors;
}

/** Resolves with the keys of which the answer says nothing. */
async function deleteBatch(
  bucket: S3Bucket,
  keys: readonly string[],
  errors: Map<string, unknown>,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const command = new DeleteObjectsCommand({
    Bucket: bucket.name,
    // Not quiet: a key that an answer does not name is not known to be gone.
    Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: false },
  });
  withContentMd5(command);
  const asked = new Set(keys);
  const check = ({ Errors = [] }: DeleteObjectsCommandOutput): void => {
    const foreign = Errors.find(({ Key }) => Key === undefined || !asked.has(Key));
    if (foreign === undefined) return;
    throw new ObjectStoreError("Unavailable", `the answer has an error for ${foreign.Key ?? "no key"}, not asked for`);
  };
  const { Errors = [], Deleted = [] } = await bucket.send(command, { signal, check });
  const named = new Set(Deleted.map(({ Key }) => Key));
  for (const { Key = "", Code = "", Message = "" } of Errors) {
    named.add(Key);
    if (Code === "NoSuchKey") continue;
    errors.set(Key, fromS3Error({ name: Code, message: Message }, { bucket: bucket.name, key: Key }));
  }
  return keys.filter((key) => !named.has(key));
}
