import { IncomingMessage } from "node:http";
import { GetObjectCommand, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import {
  type AskedRange,
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
import { headObject } from "./head.js";
import { factsOf } from "./object-facts.js";
import { keyFields } from "./write-fields.js";

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
    const check = (answer: GetObjectCommandOutput): unknown => extentOrStop(answer, asked);
    const answer = await bucket.send(command, { key, signal, check });
    const { start, end, size } = extentOrStop(answer, asked);
    const body = bodyOf(answer);
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

function extentOrStop(answer: GetObjectCommandOutput, asked: AskedRange): ReturnType<typeof extentOf> {
  const { $metadata, ContentRange: contentRange, ContentLength: contentLength } = answer;
  try {
    return extentOf({ isPartial: $metadata.httpStatusCode === 206, contentRange, contentLength }, asked);
  } catch (error) {
    bodyOf(answer).destroy();
    throw error;
  }
}

function bodyOf(answer: GetObjectCommandOutput): AsyncIterable<Uint8Array> & { destroy(): void } {
  return answer.Body as unknown as AsyncIterable<Uint8Array> & { destroy(): void };
}
