import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand } from "@aws-sdk/client-s3";
import {
  type ByteRange,
  type DriverObject,
  type DriverRead,
  type DriverReadOptions,
  isObjectStoreError,
  ObjectStoreError,
  type OpenedRange,
  type ResolvedRange,
  rangedBody,
  resolveRange,
} from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { factsOf, quoted } from "./object-facts.js";
import { keyFields } from "./write-fields.js";

interface Pin {
  readonly ifMatch?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Facts about an object, with its checksum where the server has one of the whole. */
export async function headObject(bucket: S3Bucket, key: string, { ifMatch, signal }: Pin): Promise<DriverObject> {
  const command = new HeadObjectCommand({
    ...{ Bucket: bucket.name, Key: key, ChecksumMode: "ENABLED" },
    ...(ifMatch !== undefined && { IfMatch: ifMatch }),
    ...keyFields(bucket.options.write.sseCustomerKey),
  });
  const answer = await bucket.call((options) => bucket.client.send(command, options), { key, signal });
  return factsOf(key, answer, answer.ContentLength ?? 0);
}

/**
 * Opens an object by asking for its first window, which tells its size and version; the windows after it are read ahead,
 * pinned to that version.
 */
export async function readObject(bucket: S3Bucket, key: string, options: DriverReadOptions): Promise<DriverRead> {
  const { range, ifMatch, signal } = options;
  const { readWindowBytes, readWindowsInFlight, resumes, idleTimeoutMs } = bucket.options.transfer;
  const wanted = firstWindow(range, readWindowBytes);
  const answer = wanted === undefined ? undefined : await getRange(bucket, key, wanted, { ifMatch, signal });
  if (answer === undefined) return readAfterHead(bucket, key, options);
  const { start, end, size } = extentOf(answer);
  const object = factsOf(key, answer, size);
  const resolved = resolveRange(range, size);
  const first = opened(answer);
  if (start !== resolved.start) {
    first.cancel();
    throw wrongRange();
  }
  const body = rangedBody(openerOf(bucket, key, object.etag), {
    range: resolved,
    first: { ...first, end: Math.min(end, resolved.end) },
    ...{ windowBytes: readWindowBytes, windowsInFlight: readWindowsInFlight, resumes, idleTimeoutMs },
    signal,
  });
  return { object, range: resolved, ...body };
}

/** What no ranged request can tell: an empty object, a range past the end, last bytes that are more than a window. */
async function readAfterHead(bucket: S3Bucket, key: string, options: DriverReadOptions): Promise<DriverRead> {
  const { range, ifMatch, signal } = options;
  const object = await headObject(bucket, key, { ifMatch, signal });
  const resolved = resolveRange(range, object.size);
  if (resolved.start === resolved.end) {
    return { object, range: resolved, body: nothing(), cancel: async () => undefined };
  }
  if (range === undefined || !("suffix" in range)) {
    throw new ObjectStoreError("Unavailable", "the object changed while it was opened");
  }
  return readObject(bucket, key, { ...options, range: resolved, ifMatch: object.etag });
}

/** The bytes to ask for first; undefined where the size has to be known before. */
function firstWindow(range: ByteRange = { start: 0 }, windowBytes: number): string | undefined {
  if ("suffix" in range) {
    return range.suffix > 0 && range.suffix <= windowBytes ? `bytes=-${range.suffix}` : undefined;
  }
  const end = Math.min(range.end ?? Number.POSITIVE_INFINITY, range.start + windowBytes);
  return end > range.start ? `bytes=${range.start}-${end - 1}` : undefined;
}

/** One ranged request; undefined if no byte lies in the range. */
async function getRange(
  bucket: S3Bucket,
  key: string,
  range: string,
  { ifMatch, signal }: Pin,
): Promise<GetObjectCommandOutput | undefined> {
  // Without ChecksumMode: the SDK would hash the body in JavaScript, and core does it natively where it is asked for.
  const command = new GetObjectCommand({
    ...{ Bucket: bucket.name, Key: key, Range: range },
    ...(ifMatch !== undefined && { IfMatch: ifMatch }),
    ...keyFields(bucket.options.write.sseCustomerKey),
  });
  try {
    const answer = await bucket.call((options) => bucket.client.send(command, options), { key, signal });
    if (answer.ContentRange !== undefined || answer.ContentLength !== undefined) return answer;
    opened(answer).cancel();
    throw new ObjectStoreError("Unsupported", "the server did not say how many bytes it sends");
  } catch (error) {
    if (isObjectStoreError(error) && error.statusCode === 416) return undefined;
    throw error;
  }
}

function openerOf(bucket: S3Bucket, key: string, ifMatch: string) {
  return async ({ start, end }: ResolvedRange, signal: AbortSignal): Promise<OpenedRange> => {
    const answer = await getRange(bucket, key, `bytes=${start}-${end - 1}`, { ifMatch, signal });
    if (answer === undefined) throw new ObjectStoreError("PreconditionFailed", "the object is shorter than it was");
    const body = opened(answer);
    // Some servers ignore If-Match without a word.
    const isPinned = answer.ETag === undefined || quoted(answer.ETag) === ifMatch;
    if (isPinned && extentOf(answer).start === start) return body;
    body.cancel();
    throw isPinned ? wrongRange() : new ObjectStoreError("PreconditionFailed", "the object changed while it was read");
  };
}

function wrongRange(): ObjectStoreError {
  return new ObjectStoreError("Unsupported", "the server did not send the range that it was asked for");
}

/** Which bytes an answer brings, and how many the object has. */
function extentOf({ ContentRange, ContentLength = 0 }: GetObjectCommandOutput): ResolvedRange & { size: number } {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(ContentRange ?? "");
  // A server without ranges sends all of it.
  if (match === null) return { start: 0, end: ContentLength, size: ContentLength };
  const [, first, last, size] = match.map(Number) as [number, number, number, number];
  return { start: first, end: last + 1, size };
}

function opened({ Body }: GetObjectCommandOutput): OpenedRange {
  const body = Body as unknown as AsyncIterable<Uint8Array> & { destroy(): void };
  return { body, cancel: () => body.destroy() };
}

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {}
