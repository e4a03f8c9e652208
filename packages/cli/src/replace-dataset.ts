import { batchesOf, isObjectStoreError, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { CommandError } from "./command-error.js";
import { DATASET_KEY, indexOfKey } from "./dataset.js";
import type { DatasetContent } from "./dataset-content.js";
import type { ParsedDataset } from "./parse-dataset.js";
import { readDataset } from "./read-dataset.js";

/** Refuses with AlreadyExists to write a dataset where there is one. */
export async function refuseExisting(store: ObjectStore, signal: AbortSignal): Promise<void> {
  if (!(await store.exists(DATASET_KEY, { signal }))) return;
  const uri = store.uriOf(DATASET_KEY);
  throw new ObjectStoreError("AlreadyExists", `${uri} is already there; give --overwrite to replace the dataset`, {
    uri,
  });
}

/** Objects of one delete request, which is what S3 takes at most. */
const BATCH_OBJECTS = 1000;

/**
 * Takes away the manifest of the dataset that is there, so that none ever describes objects it is not about, and gives the
 * dataset; undefined if there is none, or one that can't be read.
 */
export async function beginReplacing(store: ObjectStore, signal: AbortSignal): Promise<ParsedDataset | undefined> {
  const old = await oldDataset(store, signal);
  await store.delete(DATASET_KEY, { signal });
  return old;
}

/** Removes the objects of the old dataset that are not the new one's too. */
export async function endReplacing(
  store: ObjectStore,
  old: ParsedDataset,
  content: DatasetContent,
  extension: string,
): Promise<void> {
  for (const keys of batchesOf(surplusKeys(old, content, extension), BATCH_OBJECTS)) {
    const results = await store.deleteMany(keys);
    const failed = results.find(({ error }) => error !== undefined);
    if (failed?.error !== undefined) throw failed.error;
  }
}

function* surplusKeys(old: ParsedDataset, content: DatasetContent, extension: string): Generator<string, void, void> {
  for (const { key } of old.objects()) {
    // A manifest from elsewhere may name anything, but only objects of a dataset are to be removed.
    const index = indexOfKey(key);
    if (index === undefined) continue;
    const isKept = index < content.count && content.keyOf(index) + extension === key;
    if (!isKept) yield key;
  }
}

async function oldDataset(store: ObjectStore, signal: AbortSignal): Promise<ParsedDataset | undefined> {
  try {
    return await readDataset(store, DATASET_KEY, signal);
  } catch (error) {
    if (error instanceof CommandError || isObjectStoreError(error, "NotFound")) return undefined;
    if (isObjectStoreError(error, "Unsupported")) return undefined;
    throw error;
  }
}
