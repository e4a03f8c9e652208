import { batchesOf, forEachConcurrently, isObjectStoreError, type ReadPin, throwIfAborted } from "@sluice/core";
import type { AzureContainer } from "./container.js";
import { requestConditions } from "./describe.js";
import { fromServiceFailure } from "./errors.js";

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
    await requests.run({ operation: "delete", signal }, (abortSignal, attempt) => {
      tries = attempt;
      return client.getBlobClient(key).delete({ conditions, abortSignal });
    });
    return true;
  } catch (error) {
    if (!isObjectStoreError(error, "NotFound") || !error.message.startsWith("BlobNotFound")) throw error;
    // Gone after a try whose answer was lost: that one deleted it.
    return tries > 1;
  }
}

/** Deletes by batch, or one by one where the service takes none; an error for each key that failed. */
export async function deleteBlobs(
  container: AzureContainer,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, unknown>> {
  const { client, requests } = container;
  const errors = new Map<string, unknown>();
  const deleteBatch = async (batch: readonly string[]): Promise<void> => {
    const blobs = batch.map((key) => client.getBlobClient(key));
    const { subResponses } = await requests.run({ operation: "deleteMany", signal }, (abortSignal) =>
      client.getBlobBatchClient().deleteBlobs(blobs, { abortSignal }),
    );
    if (subResponses.length !== batch.length) throw new Error("the service did not answer for every key of a batch");
    for (const [index, { status, errorCode, statusMessage, headers }] of subResponses.entries()) {
      if (status < 300 || errorCode === "BlobNotFound") continue;
      const error = fromServiceFailure(status, errorCode, statusMessage, headers.get("x-ms-request-id"));
      errors.set(batch[index] as string, error);
    }
  };
  await forEachConcurrently([...batchesOf(keys, MAX_BATCH_KEYS)], BATCHES_IN_FLIGHT, async (batch) => {
    try {
      await deleteBatch(batch);
    } catch (error) {
      // A container's signature, for one, opens no batch. What is wrong with a key, its own call tells.
      if (isObjectStoreError(error, "Aborted")) throw error;
      await forEachConcurrently(batch, DELETES_IN_FLIGHT, async (key) => {
        await deleteBlob(container, key, { signal }).catch((failure) => errors.set(key, failure));
      });
      throwIfAborted(signal, "deleteMany");
    }
  });
  return errors;
}
