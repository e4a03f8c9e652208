import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type HeadObjectCommandOutput,
} from "@aws-sdk/client-s3";
import {
  isObjectStoreError,
  ObjectStoreError,
  parseChecksum,
  type SinkOptions,
  type SinkReceipt,
  type SinkSummary,
  type StoredPart,
  withGrace,
} from "@sluice/core";
import type { S3Bucket } from "../bucket.js";
import { arrivedDamaged, attemptsOf } from "../errors.js";
import { askHead, headObject } from "../head.js";
import { quoted, toBase64 } from "../object-facts.js";
import { keyFields } from "../write-fields.js";
import { fits } from "../xml-names.js";
import type { ChecksumMode } from "./checksum-modes.js";
import { insist } from "./insist.js";
import {
  COMMIT_GRACE_MS,
  hasFactsOf,
  mayHaveWorked,
  multipartEtag,
  outcomeUnknown,
  signalForAsking,
} from "./lost-answer.js";

/** What a server said to a part. */
export interface S3PartReceipt {
  readonly etag: string;
  /** The checksum it gave back, which it can only have computed. */
  readonly echo?: string;
}

export interface UploadTarget {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

/** An upload whose parts are all stored. */
export interface FilledUpload {
  readonly target: UploadTarget;
  readonly mode: ChecksumMode;
  readonly options: SinkOptions;
}

/** How long the size of a completed object is asked for. */
const SIZE_LIMIT_MS = 10_000;

type Parts = readonly StoredPart<S3PartReceipt>[];

/** Makes the object visible. An answer that was lost is asked after; so is one that has not come when `signal` fires. */
export async function completeUpload(
  bucket: S3Bucket,
  upload: FilledUpload,
  parts: Parts,
  summary: SinkSummary,
  signal: AbortSignal,
): Promise<SinkReceipt> {
  try {
    return await withGrace(signal, COMMIT_GRACE_MS, (late) => complete(bucket, upload, parts, summary, late));
  } catch (error) {
    if (!mayHaveWorked(error)) throw error;
    return await findOut(bucket, upload, parts, error, signal);
  }
}

async function complete(
  bucket: S3Bucket,
  { target, mode, options: { ifNotExists, ifMatch } }: FilledUpload,
  parts: Parts,
  summary: SinkSummary,
  signal: AbortSignal,
): Promise<SinkReceipt> {
  const isFull = mode === "full";
  // Of parts that the server has copied nobody knows it.
  const checksum =
    summary.storedChecksum === "" ? undefined : toBase64(parseChecksum(summary.storedChecksum, "finalize"));
  const command = new CompleteMultipartUploadCommand({
    ...target,
    MultipartUpload: { Parts: parts.map(asCompletedPart) },
    ...(isFull && { ChecksumCRC32C: checksum, ChecksumType: "FULL_OBJECT", MpuObjectSize: summary.storedSize }),
    ...(ifNotExists === true && { IfNoneMatch: "*" }),
    ...(ifMatch !== undefined && { IfMatch: ifMatch }),
    ...keyFields(bucket.options.write.sseCustomerKey),
  });
  const context = { signal, key: target.Key, ifNotExists, replaces: ifMatch };
  const answer = await bucket.send(command, context);
  if (!fits(answer.Key, target.Key)) throw new ObjectStoreError("Unavailable", "the answer is of another object");
  // Ceph answers so when it is asked again, without looking whether it has the object.
  if (answer.ETag === undefined || answer.ETag === "") throw new ObjectStoreError("Unavailable", "no ETag came back");
  const echo = answer.ChecksumType === "FULL_OBJECT" ? answer.ChecksumCRC32C : undefined;
  if (echo !== undefined && checksum !== undefined && echo !== checksum)
    throw arrivedDamaged("the object was published, but it", checksum, echo);
  const etag = quoted(answer.ETag);
  const isProven = echo !== undefined && checksum !== undefined;
  const isWhole = isProven || etag === multipartEtag(parts) || (await hasSize(bucket, target, etag, summary));
  // Parts that were checked on arrival, and of which none is missing, are the object.
  const isChecked = isProven || (isWhole && parts.every(({ receipt }) => receipt.echo !== undefined));
  return {
    etag,
    ...(answer.VersionId !== undefined && { versionId: answer.VersionId }),
    verifiedBy: isChecked ? "server" : "none",
  };
}

/**
 * Asks for the size of an object whose ETag does not tell that all parts are in it. ChecksumMismatch if it is another one;
 * false if that is not known, as another writer may have replaced the object, and the service has said that ours was written.
 */
async function hasSize(
  bucket: S3Bucket,
  { Key }: UploadTarget,
  etag: string,
  { storedSize }: SinkSummary,
): Promise<boolean> {
  const signal = AbortSignal.timeout(SIZE_LIMIT_MS);
  const told = await headObject(bucket, Key, { signal }).catch(() => undefined);
  if (told?.etag !== etag) return false;
  if (told.size === storedSize) return true;
  throw arrivedDamaged("the object was published, but it", `${storedSize} bytes`, `${told.size} bytes`);
}

function asCompletedPart({ number, receipt: { etag, echo } }: Parts[number]) {
  return { PartNumber: number, ETag: etag, ...(echo !== undefined && { ChecksumCRC32C: echo }) };
}

/**
 * The answer is not known. Aborting the upload decides it: if that works, the object can't become visible any more; if the
 * upload is gone, it has been completed. Then the object is there with the ETag of our parts, unless it was replaced since.
 */
async function findOut(
  bucket: S3Bucket,
  { target, options }: FilledUpload,
  parts: Parts,
  error: unknown,
  signal: AbortSignal,
): Promise<SinkReceipt> {
  const asking = signalForAsking(signal);
  const isConditional = options.ifNotExists === true || options.ifMatch !== undefined;
  let state: UploadState;
  let found: HeadObjectCommandOutput | undefined;
  try {
    state = await abortOnce(bucket, target, asking);
    found = await head(bucket, target.Key, asking);
  } catch {
    throw signal.aborted ? error : outcomeUnknown(target.Key, error);
  }
  const etag = multipartEtag(parts);
  // Whether an equal object is ours matters only where another writer's must not count.
  const same = etag !== undefined && quoted(found?.ETag ?? "") === etag ? found : undefined;
  if (same !== undefined && (state === "gone" || (!isConditional && hasFactsOf(options, same)))) {
    const versionId = same.VersionId;
    return { etag: quoted(same.ETag ?? ""), ...(versionId !== undefined && { versionId }), verifiedBy: "none" };
  }
  if (state === "gone" || (state === "unknown" && isConditional)) throw outcomeUnknown(target.Key, error);
  throw error;
}

/** `open`: it was, and is aborted now; `gone`: it was completed; `unknown`: the answer to the abort was lost. */
type UploadState = "open" | "gone" | "unknown";

async function abortOnce(bucket: S3Bucket, target: UploadTarget, signal: AbortSignal): Promise<UploadState> {
  const command = new AbortMultipartUploadCommand(target);
  return insist(async (failures) => {
    try {
      await bucket.send(command, { signal, key: target.Key });
      return "open";
    } catch (error) {
      if (!isObjectStoreError(error, "NotFound")) throw error;
      return failures === 0 && attemptsOf(error) === 1 ? "gone" : "unknown";
    }
  }, signal);
}

async function head(bucket: S3Bucket, key: string, signal: AbortSignal): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await insist(() => askHead(bucket, key, { signal }), signal);
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return undefined;
    throw error;
  }
}
