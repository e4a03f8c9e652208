import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { isObjectStoreError, ObjectStoreError, type SinkOptions, type StoredPart } from "@sluice/core";
import { attemptsOf } from "../errors.js";
import { WRITE_ID } from "../metadata.js";
import { md5OfEtag } from "../object-facts.js";
import { DEFAULT_CONTENT_TYPE } from "../write-fields.js";

/** How long a put may go on after an abort, and how long what became of it may then be asked for. Together below 1 s. */
export const COMMIT_GRACE_MS = 400;
const ASK_AFTER_ABORT_MS = 450;
const ASK_MS = 20_000;

/**
 * Whether a request that makes an object visible may have done so although it failed: no answer came, or the server refused
 * it only when it was sent again.
 */
export function mayHaveWorked(error: unknown): boolean {
  if (!isObjectStoreError(error)) return false;
  const { code } = error;
  if (code === "Unavailable" || code === "Timeout" || code === "Aborted") return true;
  return attemptsOf(error) > 1 && (code === "AlreadyExists" || code === "PreconditionFailed" || code === "NotFound");
}

/** For asking what has become of it. */
export function signalForAsking(signal: AbortSignal): AbortSignal {
  return AbortSignal.timeout(signal.aborted ? ASK_AFTER_ABORT_MS : ASK_MS);
}

/** Says that nobody knows. */
export function outcomeUnknown(key: string, cause: unknown): ObjectStoreError {
  const message = `the answer to the request that makes ${JSON.stringify(key)} visible was lost, and what has become of it could not be found out`;
  return new ObjectStoreError("Unavailable", message, { cause });
}

/** Whether an object that is there has what ours would have besides its bytes: an older one of the same bytes may not. */
export function hasFactsOf(
  { contentType = DEFAULT_CONTENT_TYPE, metadata = {} }: SinkOptions,
  found: HeadObjectCommandOutput,
): boolean {
  const { [WRITE_ID]: _, ...foundMetadata } = found.Metadata ?? {};
  return found.ContentType === contentType && isDeepStrictEqual(foundMetadata, { ...metadata });
}

/** The ETag of an object put in one request: the MD5 of its bytes, unless it is encrypted with a key of KMS or the caller's. */
export function wholeEtag(bytes: Uint8Array): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

/** The ETag of an object of parts: the MD5 of the parts' MD5s; undefined where the parts' ETags are no MD5s. */
export function multipartEtag(parts: readonly StoredPart<{ readonly etag: string }>[]): string | undefined {
  const hash = createHash("md5");
  for (const { receipt } of parts) {
    const md5 = md5OfEtag(receipt.etag);
    if (md5 === undefined) return undefined;
    hash.update(Buffer.from(md5, "hex"));
  }
  return `"${hash.digest("hex")}-${parts.length}"`;
}
