import { setTimeout as delay } from "node:timers/promises";
import type { BlobBeginCopyFromURLResponse, BlobClient } from "@azure/storage-blob";
import { type DriverCopyOptions, isObjectStoreError, ObjectStoreError, throwIfAborted } from "@sluice/core";
import { notOfService, ofService } from "./answer.js";
import type { AzureContainer } from "./container.js";
import { requestConditions } from "./describe.js";
import { blobProperties } from "./read.js";

const POLL_MS = 500;

/** Copies inside the account, mostly at once; a copy that takes longer is asked after, and stopped by `signal`. */
export async function copyBlob(
  container: AzureContainer,
  sourceKey: string,
  targetKey: string,
  { ifNotExists, signal }: DriverCopyOptions,
): Promise<undefined> {
  const { client, requests } = container;
  const conditions = requestConditions({ ifNotExists });
  const { url } = client.getBlobClient(sourceKey);
  const target = client.getBlobClient(targetKey);
  let tries = 0;
  const pendingId = await requests
    .run({ operation: "copy", signal }, async (abortSignal, attempt) => {
      tries = attempt;
      return unfinishedId(await target.beginCopyFromURL(url, { conditions, abortSignal }));
    })
    .catch((error) => {
      throw ifNotExists === true ? asTaken(error, tries) : error;
    });
  if (pendingId !== undefined) await untilCopied(container, target, pendingId, signal);
  return undefined;
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
  ofService(result, "Copy Blob");
  return undefined;
}

/** What a refusal under `ifNotExists` means: after a lost answer the target may be the very copy that was asked for. */
function asTaken(error: unknown, tries: number): unknown {
  const isTaken = isObjectStoreError(error, "PreconditionFailed") || isObjectStoreError(error, "AlreadyExists");
  if (!isTaken) return error;
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
    throw error;
  }
}
