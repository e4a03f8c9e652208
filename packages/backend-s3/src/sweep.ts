import {
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  type ListPartsCommandOutput,
  type MultipartUpload,
} from "@aws-sdk/client-s3";
import {
  compareKeys,
  forEachConcurrently,
  isObjectStoreError,
  ObjectStoreError,
  PageTokens,
  type StaleUpload,
  type StoreDriver,
} from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { abortUpload } from "./upload/orphans.js";
import { fits } from "./xml-names.js";

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
  const tokens = new PageTokens();
  let previous: ListMultipartUploadsCommandOutput | undefined;
  for (;;) {
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = previous ?? {};
    const command = new ListMultipartUploadsCommand({
      ...{ Bucket: bucket.name, Prefix: prefix },
      ...(previous !== undefined && { KeyMarker, UploadIdMarker }),
    });
    const check = (page: ListMultipartUploadsCommandOutput): void => {
      checkUploads(page, prefix);
      if (page.IsTruncated === true) tokens.accept(nextToken(page, KeyMarker), page.NextKeyMarker === KeyMarker);
    };
    const answer = await bucket.send(command, { signal, check });
    yield answer.Uploads ?? [];
    if (answer.IsTruncated !== true) return;
    previous = answer;
  }
}

/** None is aborted that was not asked for. */
function checkUploads({ Prefix, Uploads = [] }: ListMultipartUploadsCommandOutput, prefix: string): void {
  const isAsked = ({ Key, UploadId = "" }: MultipartUpload): boolean =>
    Key?.startsWith(prefix) === true && UploadId !== "";
  if (!fits(Prefix, prefix) || !Uploads.every(isAsked)) throw unfit("uploads", "it is of another prefix");
}

/** Where the next page begins, which is not before this one; empty if the answer does not say. */
function nextToken({ NextKeyMarker = "", NextUploadIdMarker }: ListMultipartUploadsCommandOutput, before = ""): string {
  if (NextKeyMarker === "") return "";
  if (compareKeys(NextKeyMarker, before) < 0) throw unfit("uploads", "it goes back");
  return JSON.stringify([NextKeyMarker, NextUploadIdMarker]);
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
      const before = Number(marker ?? 0);
      const check = ({ Key, UploadId, IsTruncated, NextPartNumberMarker }: ListPartsCommandOutput): void => {
        if (!fits(Key, key) || !fits(UploadId, uploadId)) throw unfit("parts", "it is of another upload");
        if (IsTruncated === true && !(Number(NextPartNumberMarker) > before)) throw unfit("parts", "it does not go on");
      };
      const answer = await bucket.send(command, { key, signal, check });
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

function unfit(what: string, problem: string): ObjectStoreError {
  return new ObjectStoreError("Unavailable", `the listing of ${what} can't be believed: ${problem}`);
}
