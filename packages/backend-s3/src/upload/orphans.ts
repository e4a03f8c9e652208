import { setTimeout as delay } from "node:timers/promises";
import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, ListPartsCommand } from "@aws-sdk/client-s3";
import { isObjectStoreError } from "@sluice/core";
import type { S3Bucket } from "../bucket.js";
import { insist } from "./insist.js";

/** How often an aborted upload is looked at again. A part that was under way may be stored after the abort. */
const ABORT_TRIES = 5;
const ABORT_PAUSE_MS = 100;
/** How far the server's clock may be from ours. */
const CLOCK_TOLERANCE_MS = 5_000;

/** Aborts an upload until the server has no part of it. */
export async function abortUpload(bucket: S3Bucket, key: string, uploadId: string, signal: AbortSignal): Promise<void> {
  const upload = { Bucket: bucket.name, Key: key, UploadId: uploadId };
  const context = { signal, key };
  for (let attempt = 1; ; attempt++) {
    const abort = new AbortMultipartUploadCommand(upload);
    await askFor(() => bucket.send(abort, context), signal);
    const list = new ListPartsCommand({ ...upload, MaxParts: 1 });
    const left = await askFor(() => bucket.send(list, context), signal);
    if ((left?.Parts ?? []).length === 0 || attempt === ABORT_TRIES) return;
    await delay(ABORT_PAUSE_MS * attempt, undefined, { signal });
  }
}

/** When an upload was begun by requests whose answers are not known. */
export interface UnknownBegin {
  readonly fromMs: number;
  readonly toMs: number;
  /** How many such requests there were, and so how many uploads at most. */
  readonly mayBe: number;
}

/** The ids of this process's uploads that have not ended. */
export const LIVING_UPLOADS: Set<string> = new Set();

/**
 * Aborts uploads of the key that were begun then and have no part: those whose id was lost with the answer. Nothing that S3
 * tells of an upload shows whose it is, so none is touched where there are more of them than may be ours, and never one of
 * this process. What is left is another process's writer of the same key whose upload has no part yet: it fails with NotFound.
 * S3 can't abort under a condition, so that is looked at in the request just before.
 */
export async function abortOrphans(
  bucket: S3Bucket,
  key: string,
  begin: UnknownBegin,
  signal: AbortSignal,
): Promise<void> {
  const { client, name } = bucket;
  const context = { signal, key };
  const list = new ListMultipartUploadsCommand({ Bucket: name, Prefix: key });
  const { Uploads = [] } = await insist(() => bucket.send(list, context), signal);
  const offsetMs = client.config.systemClockOffset;
  const isEmpty = async (UploadId: string): Promise<boolean> => {
    const parts = new ListPartsCommand({ Bucket: name, Key: key, UploadId, MaxParts: 1 });
    const found = await askFor(() => bucket.send(parts, context), signal);
    return found !== undefined && (found.Parts ?? []).length === 0;
  };
  const candidates: string[] = [];
  for (const { Key, UploadId, Initiated } of Uploads) {
    if (Key !== key || UploadId === undefined || LIVING_UPLOADS.has(UploadId)) continue;
    const begunMs = (Initiated?.getTime() ?? 0) - offsetMs;
    if (begunMs < begin.fromMs - CLOCK_TOLERANCE_MS || begunMs > begin.toMs + CLOCK_TOLERANCE_MS) continue;
    if (await isEmpty(UploadId)) candidates.push(UploadId);
  }
  if (candidates.length > begin.mayBe) return;
  for (const UploadId of candidates) {
    if (!(await isEmpty(UploadId))) continue;
    const abort = new AbortMultipartUploadCommand({ Bucket: name, Key: key, UploadId });
    await askFor(() => bucket.send(abort, context), signal);
  }
}

/** What the call brings; undefined if there is no such upload. */
async function askFor<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await insist(call, signal);
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return undefined;
    throw error;
  }
}
