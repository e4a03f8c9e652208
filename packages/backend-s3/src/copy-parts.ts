import {
  type CopyObjectCommandInput,
  UploadPartCopyCommand,
  type UploadPartCopyCommandOutput,
} from "@aws-sdk/client-s3";
import {
  allowManyCalls,
  type DriverObject,
  forEachConcurrently,
  ObjectStoreError,
  planParts,
  type SinkOptions,
  type StoredPart,
} from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { headObject } from "./head.js";
import { S3_LIMITS } from "./limits.js";
import type { S3PartReceipt } from "./upload/complete-upload.js";
import { S3Upload } from "./upload/s3-upload.js";
import { keyFields, sourceKeyFields } from "./write-fields.js";

/** Parts are copied inside the server: they cost it, not us. */
const PARTS_IN_FLIGHT = 8;
const ABORT_LIMIT_MS = 10_000;

interface PartCopyOptions {
  readonly partBytes: number;
  readonly ifNotExists: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Copies an object as an upload whose parts the server copies from the source; it becomes visible in one step. */
export async function copyParts(
  bucket: S3Bucket,
  source: DriverObject,
  targetKey: string,
  { partBytes: chosenBytes, ifNotExists, signal: given }: PartCopyOptions,
): Promise<void> {
  const { size } = source;
  const partBytes = planParts(S3_LIMITS, { partBytes: chosenBytes, storedBytes: size }, "copy").partBytesAt(0);
  const stop = new AbortController();
  const signal = given === undefined ? stop.signal : AbortSignal.any([given, stop.signal]);
  allowManyCalls(signal);
  const upload = new S3Upload(bucket, targetKey, { ...sinkOptionsOf(source), ifNotExists }, "none");
  await upload.begin(signal);
  try {
    const stored: StoredPart<S3PartReceipt>[] = [];
    const numbers = Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => index + 1);
    await forEachConcurrently(numbers, PARTS_IN_FLIGHT, async (number) => {
      const offset = (number - 1) * partBytes;
      const byteLength = Math.min(partBytes, size - offset);
      const command = new UploadPartCopyCommand({
        ...upload.target,
        ...sourceFields(bucket, source),
        PartNumber: number,
        CopySourceRange: `bytes=${offset}-${offset + byteLength - 1}`,
        ...keyFields(bucket.options.write.sseCustomerKey),
      });
      try {
        const check = ({ CopyPartResult }: UploadPartCopyCommandOutput): void => checkCopied(CopyPartResult);
        const sent = bucket.send(command, { key: source.key, signal, check });
        const etag = (await sent).CopyPartResult?.ETag ?? "";
        stored[number - 1] = { number, byteLength, crc32c: 0, receipt: { etag } };
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    });
    // Where the server does not see to it that all parts are of one version, this does.
    if (!bucket.options.profile.pinsCopies) await headObject(bucket, source.key, { ifMatch: source.etag, signal });
    const summary = { size, storedSize: size, checksum: "", storedChecksum: "" };
    await upload.complete(stored, summary, signal);
  } catch (error) {
    await upload.abort(AbortSignal.timeout(ABORT_LIMIT_MS)).catch(() => undefined);
    throw error;
  }
}

/** Throws where an answer does not name the ETag of what was copied. */
export function checkCopied(result: { readonly ETag?: string | undefined } | undefined): void {
  if ((result?.ETag ?? "") === "") throw new ObjectStoreError("Unavailable", "the answer does not say what was copied");
}

/** What a copy takes over from its source. */
export function sinkOptionsOf({ contentType, metadata }: DriverObject): SinkOptions {
  return { ...(contentType !== undefined && { contentType }), ...(metadata !== undefined && { metadata }) };
}

type SourceFields = Pick<CopyObjectCommandInput, "CopySource" | "CopySourceIfMatch"> &
  ReturnType<typeof sourceKeyFields>;

/** The version to copy. */
export function sourceFields(bucket: S3Bucket, { key, etag }: DriverObject): SourceFields {
  const path = key.split("/").map(encodeURIComponent).join("/");
  return {
    CopySource: `${bucket.name}/${path}`,
    ...(bucket.options.profile.pinsCopies && { CopySourceIfMatch: etag }),
    ...sourceKeyFields(bucket.options.write.sseCustomerKey),
  };
}
