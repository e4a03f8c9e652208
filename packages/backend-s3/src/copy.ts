import { CopyObjectCommand, type CopyObjectCommandOutput } from "@aws-sdk/client-s3";
import {
  crc32c,
  type DriverCopyOptions,
  type DriverObject,
  isObjectStoreError,
  ObjectStoreError,
  readChecked,
} from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { checkCopied, copyParts, sinkOptionsOf, sourceFields } from "./copy-parts.js";
import { attemptsOf } from "./errors.js";
import { headObject, objectExists } from "./head.js";
import { S3_LIMITS } from "./limits.js";
import { readObject } from "./read.js";
import { outcomeUnknown } from "./upload/lost-answer.js";
import { putWhole } from "./upload/put-whole.js";
import { writeFields } from "./write-fields.js";

/** How often a source that changes under the copy is taken up again. */
const MAX_CHANGES = 5;

export interface CopyLimits {
  /** The largest object that one CopyObject takes. */
  readonly wholeBytes: number;
  /** How large the parts of a larger one are. */
  readonly partBytes: number;
}

const COPY_LIMITS: CopyLimits = { wholeBytes: S3_LIMITS.maxPartBytes, partBytes: 512 << 20 };

/** Copies one version inside the server, and resolves with its facts; what CopyObject can't, a multipart upload of copied parts can. */
export async function copyObject(
  bucket: S3Bucket,
  sourceKey: string,
  targetKey: string,
  options: DriverCopyOptions,
  limits: CopyLimits = COPY_LIMITS,
): Promise<DriverObject> {
  for (let change = 1; ; change++) {
    try {
      return await copyVersion(bucket, sourceKey, targetKey, options, limits);
    } catch (error) {
      // The source was replaced between looking at it and copying it.
      if (!isObjectStoreError(error, "PreconditionFailed") || change === MAX_CHANGES) throw error;
    }
  }
}

async function copyVersion(
  bucket: S3Bucket,
  sourceKey: string,
  targetKey: string,
  { ifNotExists = false, signal }: DriverCopyOptions,
  limits: CopyLimits,
): Promise<DriverObject> {
  const source = await headObject(bucket, sourceKey, { signal });
  const { profile, transfer } = bucket.options;
  if (source.size <= limits.wholeBytes && (!ifNotExists || profile.conditionalCopy)) {
    await copyWhole(bucket, source, targetKey, ifNotExists, signal);
    return source;
  }
  const isPut = ifNotExists && profile.ifNotExists === "whole";
  if (isPut && source.size > transfer.partBytes) {
    const message = `this server holds ifNotExists only for objects put in one request: at most partBytes (${transfer.partBytes})`;
    throw new ObjectStoreError("Unsupported", message);
  }
  // No server copies a part of an empty object.
  if (isPut || source.size === 0) await copyThrough(bucket, source, targetKey, ifNotExists, signal);
  else await copyParts(bucket, source, targetKey, { partBytes: limits.partBytes, ifNotExists, signal });
  return source;
}

async function copyWhole(
  bucket: S3Bucket,
  source: DriverObject,
  targetKey: string,
  ifNotExists: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const command = new CopyObjectCommand({
    ...{ Bucket: bucket.name, Key: targetKey },
    ...sourceFields(bucket, source),
    ...(ifNotExists && { IfNoneMatch: "*" }),
    ...writeFields(bucket.options.write),
  });
  try {
    const check = ({ CopyObjectResult }: CopyObjectCommandOutput): void => checkCopied(CopyObjectResult);
    await bucket.send(command, { key: source.key, signal, check });
  } catch (error) {
    if (
      ifNotExists &&
      isObjectStoreError(error, "PreconditionFailed") &&
      (await objectExists(bucket, targetKey, signal))
    ) {
      // Refused only when it was sent again: the object may be ours, and nothing in it tells.
      if (attemptsOf(error) > 1) throw outcomeUnknown(targetKey, error);
      throw new ObjectStoreError("AlreadyExists", `${JSON.stringify(targetKey)} exists already`, { cause: error });
    }
    throw error;
  }
}

/** For small objects under a condition that only PutObject holds. */
async function copyThrough(
  bucket: S3Bucket,
  source: DriverObject,
  targetKey: string,
  ifNotExists: boolean,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { body } = await readChecked(
    { read: (key, options) => readObject(bucket, key, options) },
    source.key,
    { ifMatch: source.etag, signal },
    { uri: `s3://${bucket.name}/${source.key}`, backend: "s3", signal, isCompared: true },
  );
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes.byteLength !== source.size)
    throw new ObjectStoreError("Unavailable", "the source was cut while it was read");
  const checksum = crc32c(bytes);
  const summary = { size: source.size, storedSize: source.size, checksum, storedChecksum: checksum };
  await putWhole(bucket, targetKey, bytes, { ...sinkOptionsOf(source), ifNotExists }, summary, signal);
}
