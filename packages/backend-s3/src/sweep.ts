import {
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  type MultipartUpload,
} from "@aws-sdk/client-s3";
import {
  forEachConcurrently,
  isObjectStoreError,
  ObjectStoreError,
  type StaleUpload,
  type StoreDriver,
} from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { abortUpload } from "./upload/orphans.js";

const UPLOADS_IN_FLIGHT = 8;

/** Unfinished uploads below the prefix, aborted unless `dryRun`. */
export async function sweepUploads(
  bucket: S3Bucket,
  options: Parameters<StoreDriver["sweep"]>[0],
): Promise<StaleUpload[]> {
  const { prefix, olderThanMs, dryRun, signal = new AbortController().signal } = options;
  // The server's clock, which its answers tell to the second: an upload may count as a second younger than it is.
  const beforeMs = Date.now() + bucket.client.config.systemClockOffset - olderThanMs;
  const found: StaleUpload[] = [];
  for await (const uploads of pagesOf(bucket, prefix, signal)) {
    const stale = uploads.filter(({ Initiated }) => Initiated !== undefined && Initiated.getTime() <= beforeMs);
    await forEachConcurrently(stale, UPLOADS_IN_FLIGHT, async ({ Key = "", UploadId = "", Initiated }) => {
      const parts = await sizeAndTime(bucket, Key, UploadId, signal);
      const lastModified = parts?.lastModified ?? Initiated ?? new Date(0);
      if (parts === undefined || lastModified.getTime() > beforeMs) return;
      if (!dryRun) await abortUpload(bucket, Key, UploadId, signal);
      found.push({ name: `${Key} (upload ${UploadId})`, bytes: parts.bytes, lastModified });
    });
  }
  return found;
}

async function* pagesOf(
  bucket: S3Bucket,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<readonly MultipartUpload[], void, void> {
  let previous: ListMultipartUploadsCommandOutput | undefined;
  for (;;) {
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = previous ?? {};
    const command = new ListMultipartUploadsCommand({
      ...{ Bucket: bucket.name, Prefix: prefix },
      ...(previous !== undefined && { KeyMarker, UploadIdMarker }),
    });
    const answer = await bucket.call((sending) => bucket.client.send(command, sending), { signal });
    yield answer.Uploads ?? [];
    if (answer.IsTruncated !== true) return;
    if (answer.NextKeyMarker === KeyMarker && answer.NextUploadIdMarker === UploadIdMarker)
      throw new ObjectStoreError("Internal", "the listing of uploads does not go on");
    previous = answer;
  }
}

/** How much an upload holds and when it was touched last; undefined if it has ended meanwhile. */
async function sizeAndTime(
  bucket: S3Bucket,
  key: string,
  uploadId: string,
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly lastModified: Date | undefined } | undefined> {
  let bytes = 0;
  let lastModified: Date | undefined;
  let marker: string | undefined;
  try {
    do {
      const command = new ListPartsCommand({
        ...{ Bucket: bucket.name, Key: key, UploadId: uploadId },
        ...(marker !== undefined && { PartNumberMarker: marker }),
      });
      const answer = await bucket.call((sending) => bucket.client.send(command, sending), { key, signal });
      for (const { Size = 0, LastModified } of answer.Parts ?? []) {
        bytes += Size;
        if (LastModified !== undefined && (lastModified === undefined || LastModified > lastModified)) {
          lastModified = LastModified;
        }
      }
      marker = answer.IsTruncated === true ? answer.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return undefined;
    throw error;
  }
  return { bytes, lastModified };
}
