import { IncomingMessage } from "node:http";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import {
  type DriverObject,
  type DriverRead,
  type DriverReadOptions,
  extentOf,
  isObjectStoreError,
  ObjectStoreError,
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
    get: ({ start, end }, pin) => getRange(bucket, key, `bytes=${start}-${end - 1}`, pin),
    getLast: (bytes, pin) => getRange(bucket, key, `bytes=-${bytes}`, pin),
  };
  return readByRanges(source, options, bucket.options.transfer);
}

/** One ranged request; undefined if no byte lies in the range. */
async function getRange(
  bucket: S3Bucket,
  key: string,
  range: string,
  { ifMatch, signal }: ReadPin,
): Promise<OpenedObject | undefined> {
  // Without ChecksumMode: the SDK would hash the body in JavaScript, and core does it natively where it is asked for.
  const command = new GetObjectCommand({
    ...{ Bucket: bucket.name, Key: key, Range: range },
    ...(ifMatch !== undefined && { IfMatch: ifMatch }),
    ...keyFields(bucket.options.write.sseCustomerKey),
  });
  try {
    const answer = await bucket.call((options) => bucket.client.send(command, options), { key, signal });
    if (answer.ContentRange === undefined && answer.ContentLength === undefined) {
      (answer.Body as unknown as { destroy(): void }).destroy();
      throw new ObjectStoreError("Unsupported", "the server did not say how many bytes it sends");
    }
    const { start, end, size } = extentOf(answer.ContentRange, answer.ContentLength);
    const body = answer.Body as unknown as AsyncIterable<Uint8Array> & { destroy(): void };
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
