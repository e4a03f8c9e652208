import type { BatchSubResponse } from "@azure/storage-blob";
import { batchesOf, forEachConcurrently, isObjectStoreError, type ReadPin, throwIfAborted } from "@sluice/core";
import { ofService } from "./answer.js";
import type { AzureContainer } from "./container.js";
import { requestConditions } from "./describe.js";

/** What a batch may hold. https://learn.microsoft.com/rest/api/storageservices/blob-batch */
const MAX_BATCH_KEYS = 256;
const BATCHES_IN_FLIGHT = 4;
const DELETES_IN_FLIGHT = 16;

/** False if there was no such blob. */
export async function deleteBlob(
  { client, requests }: AzureContainer,
  key: string,
  { ifMatch, signal }: ReadPin,
): Promise<boolean> {
  const conditions = requestConditions({ ifMatch });
  let tries = 0;
  try {
    await requests.run({ operation: "delete", signal }, async (abortSignal, attempt) => {
      tries = attempt;
      ofService(await client.getBlobClient(key).delete({ conditions, abortSignal }), "Delete Blob");
    });
    return true;
  } catch (error) {
    if (!isObjectStoreError(error, "NotFound") || !error.message.startsWith("BlobNotFound")) throw error;
    // Gone after a try whose answer was lost: that one deleted it.
    return tries > 1;
  }
}

/**
 * Deletes by batch; what a batch does not say in the service's own terms to be gone, and all where the service takes no batch,
 * is deleted one by one. An error for each key that failed.
 */
export async function deleteBlobs(
  container: AzureContainer,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, unknown>> {
  const errors = new Map<string, unknown>();
  await forEachConcurrently([...batchesOf(keys, MAX_BATCH_KEYS)], BATCHES_IN_FLIGHT, async (batch) => {
    const left = await deleteBatch(container, batch, signal).catch((error) => {
      // A container's signature, for one, opens no batch. What is wrong with a key, its own call tells.
      if (isObjectStoreError(error, "Aborted")) throw error;
      return batch;
    });
    await forEachConcurrently(left, DELETES_IN_FLIGHT, async (key) => {
      await deleteBlob(container, key, { signal }).catch((failure) => errors.set(key, failure));
    });
    throwIfAborted(signal, "deleteMany");
  });
  return errors;
}

/** Deletes in one request; returns the keys that the answer does not say to be gone. */
async function deleteBatch(
  { client, requests }: AzureContainer,
  batch: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const blobs = batch.map((key) => client.getBlobClient(key));
  const { subResponses } = await requests.run({ operation: "deleteMany", signal }, async (abortSignal) =>
    ofService(await client.getBlobBatchClient().deleteBlobs(blobs, { abortSignal }), "Blob Batch"),
  );
  return batch.filter((_key, index) => !saysGone(subResponses[index]));
}

/** Whether one part of a batch's answer is the service's, and says that its blob was deleted or is not there. */
function saysGone(part: BatchSubResponse | undefined): boolean {
  if (part === undefined || !part.headers.get("x-ms-request-id")) return false;
  const code = part.headers.get("x-ms-error-code");
  return code === undefined ? part.status === 202 : part.status === 404 && code === "BlobNotFound";
}
