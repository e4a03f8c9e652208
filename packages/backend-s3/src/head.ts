import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { type DriverObject, isObjectStoreError, ObjectStoreError, type ReadPin } from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { factsOf } from "./object-facts.js";
import { keyFields } from "./write-fields.js";

/** Facts about an object, with its checksum where the server has one of the whole. */
export async function headObject(bucket: S3Bucket, key: string, pin: ReadPin): Promise<DriverObject> {
  const answer = await askHead(bucket, key, pin, "ENABLED");
  return factsOf(key, answer, answer.ContentLength as number);
}

/** Whether there is an object. */
export async function objectExists(bucket: S3Bucket, key: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await askHead(bucket, key, { signal });
    return true;
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return false;
    throw error;
  }
}

/**
 * The answer to HeadObject. It has no body that could show whose it is: where it has no request id of the service's either,
 * an absence, another version, or a web page, counts only if the answer to a request for one byte says the same.
 */
export async function askHead(
  bucket: S3Bucket,
  key: string,
  { ifMatch, signal }: ReadPin,
  checksumMode?: "ENABLED",
): Promise<HeadObjectCommandOutput> {
  const request = {
    ...{ Bucket: bucket.name, Key: key },
    ...(ifMatch !== undefined && { IfMatch: ifMatch }),
    ...keyFields(bucket.options.write.sseCustomerKey),
  };
  const head = new HeadObjectCommand({ ...request, ...(checksumMode !== undefined && { ChecksumMode: checksumMode }) });
  const byte = new GetObjectCommand({ ...request, Range: "bytes=0-0" });
  const attempts = await bucket.client.config.maxAttempts();
  for (let attempt = 1; ; attempt++) {
    const answer = await foundOrMissing(bucket.send(head, { key, signal }));
    if (!isDoubtful(answer) || agree(answer, await foundOrMissing(bucket.send(byte, { key, signal })))) {
      if (answer instanceof Error) throw answer;
      return answer;
    }
    if (attempt >= attempts) {
      throw new ObjectStoreError("Unavailable", "the answers to HeadObject and GetObject differ; one is not from S3");
    }
  }
}

/** An answer, or the error that says that there is no such object, no such version, or no byte in it. */
const ABSENCES = [404, 412, 416];

async function foundOrMissing<Answer>(sent: Promise<Answer>): Promise<Answer | ObjectStoreError> {
  try {
    return await sent;
  } catch (error) {
    if (isObjectStoreError(error) && !error.retryable && ABSENCES.includes(error.statusCode ?? 0)) return error;
    throw error;
  }
}

function isDoubtful(answer: HeadObjectCommandOutput | ObjectStoreError): boolean {
  if (answer instanceof Error) return answer.requestId === undefined;
  return answer.$metadata.requestId === undefined && /^text\/html\b/i.test(answer.ContentType ?? "");
}

function agree(
  head: HeadObjectCommandOutput | ObjectStoreError,
  byte: GetObjectCommandOutput | ObjectStoreError,
): boolean {
  if (!(byte instanceof Error)) (byte.Body as unknown as { destroy(): void }).destroy();
  if (head instanceof Error) return isObjectStoreError(byte, head.code);
  if (byte instanceof Error) return byte.statusCode === 416 && head.ContentLength === 0;
  return byte.ETag === head.ETag && byte.ContentRange?.endsWith(`/${head.ContentLength}`) === true;
}
