import { randomUUID } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  isObjectStoreError,
  parseChecksum,
  type SinkOptions,
  type SinkReceipt,
  type SinkSummary,
  withGrace,
} from "@sluice/core";
import type { S3Bucket } from "../bucket.js";
import { withUnsignedPayload } from "../client/request-middleware.js";
import { arrivedDamaged } from "../errors.js";
import { askHead } from "../head.js";
import { MD5_LIMIT_BYTES } from "../limits.js";
import { WRITE_ID } from "../metadata.js";
import { md5OfEtag, quoted, toBase64 } from "../object-facts.js";
import { DEFAULT_CONTENT_TYPE, tagging, writeFields } from "../write-fields.js";
import { insist } from "./insist.js";
import {
  COMMIT_GRACE_MS,
  hasFactsOf,
  mayHaveWorked,
  outcomeUnknown,
  signalForAsking,
  wholeEtag,
} from "./lost-answer.js";

/** Stores an object in one request. An answer that was lost is asked after; so is one that came after an abort. */
export async function putWhole(
  bucket: S3Bucket,
  key: string,
  bytes: Uint8Array,
  sinkOptions: SinkOptions,
  summary: SinkSummary,
  signal: AbortSignal,
): Promise<SinkReceipt> {
  const { ifNotExists, ifMatch, contentType = DEFAULT_CONTENT_TYPE, metadata } = sinkOptions;
  const { write, transfer } = bucket.options;
  const isConditional = ifNotExists === true || ifMatch !== undefined;
  const writeId = isConditional ? randomUUID() : undefined;
  const checksum = toBase64(parseChecksum(summary.storedChecksum, "finalize"));
  const command = new PutObjectCommand({
    ...{ Bucket: bucket.name, Key: key, ContentType: contentType },
    Body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    ContentLength: bytes.byteLength,
    ...((metadata !== undefined || writeId !== undefined) && {
      Metadata: { ...metadata, ...(writeId !== undefined && { [WRITE_ID]: writeId }) },
    }),
    ...(transfer.checksums !== "none" && { ChecksumAlgorithm: "CRC32C", ChecksumCRC32C: checksum }),
    ...(ifNotExists === true && { IfNoneMatch: "*" }),
    ...(ifMatch !== undefined && { IfMatch: ifMatch }),
    ...writeFields(write),
    ...tagging(write.tags),
  });
  withUnsignedPayload(command, transfer.unsignedPayload);
  try {
    const answer = await withGrace(signal, COMMIT_GRACE_MS, (late) =>
      bucket.send(command, { signal: late, key, ifNotExists, replaces: ifMatch }),
    );
    return {
      etag: quoted(answer.ETag ?? ""),
      ...(answer.VersionId !== undefined && { versionId: answer.VersionId }),
      verifiedBy: isVerified(bytes, checksum, answer) ? "server" : "none",
    };
  } catch (error) {
    if (!mayHaveWorked(error)) throw error;
    return await findOut(bucket, { key, bytes, sinkOptions, writeId }, error, signal);
  }
}

interface PutAnswer {
  readonly ETag?: string | undefined;
  readonly ChecksumCRC32C?: string | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
}

/** Whether the answer proves that the server has computed a checksum of what it stored, and that it is ours. */
function isVerified(bytes: Uint8Array, checksum: string, answer: PutAnswer): boolean {
  const { ChecksumCRC32C: echo, ETag = "", ServerSideEncryption = "AES256", SSECustomerAlgorithm } = answer;
  if (echo !== undefined) {
    if (echo === checksum) return true;
    throw arrivedDamaged("the object was published, but it", checksum, echo);
  }
  const md5 = md5OfEtag(ETag);
  if (bytes.byteLength > MD5_LIMIT_BYTES || md5 === undefined) return false;
  const etag = wholeEtag(bytes);
  if (quoted(md5) === etag) return true;
  // Encrypted with another key than the store's own, its ETag is something else.
  if (ServerSideEncryption !== "AES256" || SSECustomerAlgorithm !== undefined) return false;
  throw arrivedDamaged("the object was published, but it", etag, ETag);
}

interface UnknownPut {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly sinkOptions: SinkOptions;
  /** Of a conditional put. */
  readonly writeId: string | undefined;
}

/**
 * The answer is not known, so the object is looked at: it is ours if it has the id of a conditional put, else if it has the
 * same bytes and facts.
 */
async function findOut(
  bucket: S3Bucket,
  { key, bytes, sinkOptions, writeId }: UnknownPut,
  error: unknown,
  signal: AbortSignal,
): Promise<SinkReceipt> {
  const asking = signalForAsking(signal);
  try {
    const found = await insist(() => askHead(bucket, key, { signal: asking }), asking);
    const etag = quoted(found.ETag ?? "");
    const isOurs =
      writeId === undefined
        ? etag === wholeEtag(bytes) && hasFactsOf(sinkOptions, found)
        : found.Metadata?.[WRITE_ID] === writeId;
    if (isOurs)
      return { etag, ...(found.VersionId !== undefined && { versionId: found.VersionId }), verifiedBy: "none" };
  } catch (failure) {
    if (!isObjectStoreError(failure, "NotFound") && !signal.aborted) throw outcomeUnknown(key, error);
  }
  throw error;
}
