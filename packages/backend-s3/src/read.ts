import { IncomingMessage } from "node:http";
import { GetObjectCommand, type GetObjectCommandInput, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import {
  type AskedRange,
  type DriverRead,
  type DriverReadOptions,
  extentOf,
  isObjectStoreError,
  type OpenedObject,
  type OpenedRange,
  type RangedSource,
  type ReadPin,
  readByRanges,
  type WholeObject,
} from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { drainMessage } from "./client/reading-agents.js";
import { withChecksums } from "./client/request-middleware.js";
import { headObject } from "./head.js";
import { factsOf } from "./object-facts.js";
import { provenWhole } from "./read-whole.js";
import { keyFields } from "./write-fields.js";

/** Opens one version of an object, read in windows. */
export async function readObject(bucket: S3Bucket, key: string, options: DriverReadOptions): Promise<DriverRead> {
  const source: RangedSource = {
    head: (pin) => headObject(bucket, key, pin),
    get: (range, pin) => getRange(bucket, key, range, pin),
    getLast: (suffix, pin) => getRange(bucket, key, { suffix }, pin),
    getWhole: (pin) => getWhole(bucket, key, pin),
  };
  return readByRanges(source, options, bucket.options.transfer);
}

/** One ranged request; undefined if no byte lies in the range. */
async function getRange(
  bucket: S3Bucket,
  key: string,
  asked: AskedRange,
  pin: ReadPin,
): Promise<OpenedObject | undefined> {
  const command = new GetObjectCommand({ ...fieldsOf(bucket, key, pin), Range: rangeHeader(asked) });
  try {
    const check = (answer: GetObjectCommandOutput): unknown => extentOrStop(answer, asked);
    const answer = await bucket.send(command, { key, signal: pin.signal, check });
    const { start, end, size } = extentOrStop(answer, asked);
    return { ...openedBody(answer), object: factsOf(key, answer, size), start, end };
  } catch (error) {
    if (isObjectStoreError(error) && error.statusCode === 416) return undefined;
    throw error;
  }
}

/**
 * One request of all, since answers to ranged ones tell no checksum; undefined for an answer that does not tell its length, for
 * one that may be a web page, and for one of another length than the object's.
 */
async function getWhole(bucket: S3Bucket, key: string, pin: ReadPin): Promise<WholeObject | undefined> {
  const command = withChecksums(new GetObjectCommand(fieldsOf(bucket, key, pin)));
  const answer = await bucket.send(command, { key, signal: pin.signal });
  const opened = openedBody(answer);
  const { $metadata, ContentLength: end, ContentRange, ContentType = "", AcceptRanges } = answer;
  const isDoubtful = $metadata.requestId === undefined && /^\s*text\/html\b/i.test(ContentType);
  if (end === undefined || ContentRange !== undefined || $metadata.httpStatusCode !== 200 || isDoubtful) {
    opened.cancel();
    return undefined;
  }
  const object = factsOf(key, answer, end);
  return provenWhole(bucket, key, { ...opened, object, start: 0, end, takesRanges: AcceptRanges === "bytes" }, pin);
}

function fieldsOf(bucket: S3Bucket, key: string, { ifMatch }: ReadPin): GetObjectCommandInput {
  return {
    ...{ Bucket: bucket.name, Key: key },
    ...(ifMatch !== undefined && { IfMatch: ifMatch }),
    ...keyFields(bucket.options.write.sseCustomerKey),
  };
}

function openedBody({ Body }: GetObjectCommandOutput): OpenedRange {
  const body = Body as unknown as AsyncIterable<Uint8Array> & { destroy(): void };
  return {
    body,
    // A request handler of the caller's may give another kind of body.
    ...(body instanceof IncomingMessage && { drain: (use) => drainMessage(body, use) }),
    cancel: () => body.destroy(),
  };
}

function rangeHeader(asked: AskedRange): string {
  return "suffix" in asked ? `bytes=-${asked.suffix}` : `bytes=${asked.start}-${asked.end - 1}`;
}

function extentOrStop(answer: GetObjectCommandOutput, asked: AskedRange): ReturnType<typeof extentOf> {
  const { $metadata, ContentRange: contentRange, ContentLength: contentLength } = answer;
  try {
    return extentOf({ isPartial: $metadata.httpStatusCode === 206, contentRange, contentLength }, asked);
  } catch (error) {
    openedBody(answer).cancel();
    throw error;
  }
}
