import { IncomingMessage } from "node:http";
import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand } from "@aws-sdk/client-s3";
import {
  type AskedRange,
  type DriverObject,
  type DriverRead,
  type DriverReadOptions,
  extentOf,
  isObjectStoreError,
  type OpenedObject,
  type RangedSource,
  type ReadPin,
  readByRanges,
} from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { drainMessage } from "./client/reading-agents.js";
import { factsOf } from "./object-facts.js";
import { keyFields } from "./write-fields.js";

/** Facts about an object, with its checksum where the server has one of the whole. */
export async function headObject(bucket: S3Bucket, key: string, { ifMatch, signal }: ReadPin): Promise<DriverObject> {
  const command = new HeadObjectCommand({
    ...{ Bucket: bucket.name, Key: key, ChecksumMode: "ENABLED" },
    ...(ifMatch !== undefined && { IfMatch: ifMatch }),
    ...keyFields(bucket.options.write.sseCustomerKey),
  });
  const answer = await bucket.call((options) => bucket.client.send(command, options), { key, signal });
  return factsOf(key, answer, answer.ContentLength ?? 0);
}

/** Opens one version of an object, read in windows. */
export async function readObject(bucket: S3Bucket, key: string, options: DriverReadOptions): Promise<DriverRead> {
  const source: RangedSource = {
    head: (pin) => headObject(bucket, key, pin),
    get: (range, pin) => getRange(bucket, key, range, pin),
    getLast: (suffix, pin) => getRange(bucket, key, { suffix }, pin),
  };
  return readByRanges(source, options, bucket.options.transfer);
}

/** One ranged request; undefined if no byte lies in the range. */
async function getRange(
  bucket: S3Bucket,
  key: string,
  asked: AskedRange,
  { ifMatch, signal }: ReadPin,
): Promise<OpenedObject | undefined> {
  // Without ChecksumMode: the SDK would hash the body in JavaScript, and core does it natively where it is asked for.
  const command = new GetObjectCommand({
    ...{ Bucket: bucket.name, Key: key, Range: rangeHeader(asked) },
    ...(ifMatch !== undefined && { IfMatch: ifMatch }),
    ...keyFields(bucket.options.write.sseCustomerKey),
  });
  try {
    const answer = await bucket.call((options) => bucket.client.send(command, options), { key, signal });
    const body = answer.Body as unknown as AsyncIterable<Uint8Array> & { destroy(): void };
    const { start, end, size } = extentOrStop(answer, asked, body);
    return {
      ...{ object: factsOf(key, answer, size), start, end, body },
      // A request handler of the caller's may give another kind of body.
      ...(body instanceof IncomingMessage && { drain: (use) => drainMessage(body, use) }),
      cancel: () => body.destroy(),
    };
  } catch (error) {
    if (isObjectStoreError(error) && error.statusCode === 416) return undefined;
    throw error;
  }
}

function rangeHeader(asked: AskedRange): string {
  return "suffix" in asked ? `bytes=-${asked.suffix}` : `bytes=${asked.start}-${asked.end - 1}`;
}

function extentOrStop(
  { $metadata, ContentRange: contentRange, ContentLength: contentLength }: GetObjectCommandOutput,
  asked: AskedRange,
  body: { destroy(): void },
): ReturnType<typeof extentOf> {
  try {
    return extentOf({ isPartial: $metadata.httpStatusCode === 206, contentRange, contentLength }, asked);
  } catch (error) {
    body.destroy();
    throw error;
  }
}
