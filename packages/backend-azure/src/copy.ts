import { setTimeout as delay } from "node:timers/promises";
import type { BlobBeginCopyFromURLResponse, BlobClient } from "@azure/storage-blob";
import {
  type DriverCopyOptions,
  type DriverObject,
  isObjectStoreError,
  ObjectStoreError,
  throwIfAborted,
} from "@sluice/core";
import { notOfService, ofService } from "./answer.js";
import type { AzureContainer } from "./container.js";
import { requestConditions } from "./describe.js";
import { blobProperties, blobSource } from "./read.js";

const POLL_MS = 500;
/** Codes of a refused condition of the source; that of the target is TargetConditionNotMet. Azurite has no code of its own for it. */
const OF_SOURCE = /^(Source)?ConditionNotMet/;

/** How often a source that changes under the copy is taken up again. */
const MAX_CHANGES = 5;

/**
 * Copies one version inside the account, and resolves with its facts. Mostly that is done at once; a copy that takes longer is
 * asked after, and stopped by `signal`.
 */
export async function copyBlob(
  container: AzureContainer,
  sourceKey: string,
  targetKey: string,
  options: DriverCopyOptions,
): Promise<DriverObject> {
  for (let change = 1; ; change++) {
    try {
      return await copyVersion(container, sourceKey, targetKey, options);
    } catch (error) {
      // The source was replaced between looking at it and copying it.
      if (!isObjectStoreError(error, "PreconditionFailed") || change === MAX_CHANGES) throw error;
    }
  }
}

async function copyVersion(
  container: AzureContainer,
  sourceKey: string,
  targetKey: string,
  { ifNotExists = false, signal }: DriverCopyOptions,
): Promise<DriverObject> {
  const { client, requests } = container;
  const source = await blobSource(container, sourceKey).head({ signal });
  const { url } = client.getBlobClient(sourceKey);
  const target = client.getBlobClient(targetKey);
  const conditions = requestConditions({ ifNotExists });
  const sourceConditions = requestConditions({ ifMatch: source.etag });
  let tries = 0;
  const pendingId = await requests
    .run({ operation: "copy", signal }, async (abortSignal, attempt) => {
      tries = attempt;
      return unfinishedId(await target.beginCopyFromURL(url, { conditions, sourceConditions, abortSignal }));
    })
    .catch((error) => {
      throw ifNotExists ? asTaken(error, tries) : error;
    });
  if (pendingId !== undefined) await untilCopied(container, target, pendingId, signal);
  return source;
}

/** What the SDK keeps of a copy. Its own poller is not asked further: it takes whatever copy it finds at the target for this one. */
interface CopyState {
  readonly copyId?: string;
  readonly result?: BlobBeginCopyFromURLResponse;
}

/** The id of a copy that the service has begun and not ended; undefined for one that it has made. */
function unfinishedId(poller: { getOperationState(): CopyState }): string | undefined {
  const { copyId, result } = poller.getOperationState();
  if (!copyId) throw notOfService("the answer to Copy Blob has no x-ms-copy-id");
  if (result === undefined) return copyId;
  if (!ofService(result, "Copy Blob").etag) throw notOfService("the answer to Copy Blob has no ETag");
  return undefined;
}

/** What a refusal under `ifNotExists` means: after a lost answer the target may be the very copy that was asked for. */
function asTaken(error: unknown, tries: number): unknown {
  const isRefused = isObjectStoreError(error, "PreconditionFailed");
  const isOfSource = isRefused && OF_SOURCE.test(error.message);
  if (isOfSource || !(isRefused || isObjectStoreError(error, "AlreadyExists"))) return error;
  if (tries === 1) return new ObjectStoreError("AlreadyExists", "the target key is taken", { cause: error });
  return new ObjectStoreError("Unavailable", "an answer was lost: the target may be this copy or another object", {
    cause: error,
  });
}

async function untilCopied(
  { requests }: AzureContainer,
  target: BlobClient,
  copyId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const call = { operation: "copy", signal };
  try {
    for (;;) {
      await delay(POLL_MS, undefined, signal && { signal }).catch(() => throwIfAborted(signal, "copy"));
      const now = await requests.run(call, (abortSignal) => blobProperties(target, { abortSignal }));
      if (now.copyId !== copyId)
        throw new ObjectStoreError("Unavailable", "another writer replaced the target meanwhile");
      if (now.copyStatus === "success") return;
      if (now.copyStatus === "pending") continue;
      const reason = [now.copyStatus, now.copyStatusDescription].filter(Boolean).join(": ");
      throw new ObjectStoreError("Unavailable", `the copy ended as ${reason}; the target is not whole`);
    }
  } catch (error) {
    if (isObjectStoreError(error, "Aborted")) await target.abortCopyFromURL(copyId).catch(() => undefined);
    // A copy that is under way has a target. That there is none says nothing about the source, whose absence NotFound would tell.
    if (isObjectStoreError(error, "NotFound")) throw notOfService("the copy was begun, and its target is not there");
    throw error;
  }
}
