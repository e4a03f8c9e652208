import { isObjectStoreError, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { CommandError } from "./command-error.js";
import { DATASET_KEY, type Dataset, isObjectKey } from "./dataset.js";
import { readDataset } from "./read-dataset.js";

/** Refuses with AlreadyExists to write a dataset where there is one. */
export async function refuseExisting(store: ObjectStore, signal: AbortSignal): Promise<void> {
  if (!(await store.exists(DATASET_KEY, { signal }))) return;
  const uri = store.uriOf(DATASET_KEY);
  throw new ObjectStoreError("AlreadyExists", `${uri} is already there; give --overwrite to replace the dataset`, {
    uri,
  });
}

/**
 * Takes away the manifest of the dataset that is there, so that none ever describes objects it is not about, and tells the
 * keys of its objects; none if there is no dataset, or one that can't be read.
 */
export async function beginReplacing(store: ObjectStore, signal: AbortSignal): Promise<readonly string[]> {
  const keys = await keysOfDataset(store, signal);
  await store.delete(DATASET_KEY, { signal });
  return keys;
}

/** Removes the objects of the old dataset that are not the new one's too. */
export async function endReplacing(
  store: ObjectStore,
  oldKeys: readonly string[],
  { objects }: Dataset,
): Promise<void> {
  const keep = new Set(objects.map(({ key }) => key));
  const results = await store.deleteMany(oldKeys.filter((key) => !keep.has(key)));
  const failed = results.find(({ error }) => error !== undefined);
  if (failed?.error !== undefined) throw failed.error;
}

async function keysOfDataset(store: ObjectStore, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const { dataset } = await readDataset(store, DATASET_KEY, signal);
    // A manifest from elsewhere may name anything, but only objects of a dataset are to be removed.
    return dataset.objects.map(({ key }) => key).filter(isObjectKey);
  } catch (error) {
    if (error instanceof CommandError || isObjectStoreError(error, "NotFound")) return [];
    if (isObjectStoreError(error, "Unsupported")) return [];
    throw error;
  }
}
