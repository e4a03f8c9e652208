import { batchesOf, isObjectStoreError, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { CommandError } from "./command-error.js";
import { DATASET_FORMAT, DATASET_KEY, indexOfKey } from "./dataset.js";
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
 * dataset; undefined if there is none, or one that can't be read. AlreadyExists where the object is not a dataset's at all.
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
    if (isObjectStoreError(error, "NotFound") || isObjectStoreError(error, "Unsupported")) return undefined;
    if (!(error instanceof CommandError)) throw error;
    if (error.code === "BadData") await refuseForeign(store, signal);
    return undefined;
  }
}

/** How far into a manifest its format is looked for: `gen` writes it first. */
const FORMAT_BYTES = 4096;

/** A manifest that was damaged still says what it is; what does not may be somebody's only copy. */
async function refuseForeign(store: ObjectStore, signal: AbortSignal): Promise<void> {
  const start = await store.get(DATASET_KEY, { range: { start: 0, end: FORMAT_BYTES }, signal });
  if (new RegExp(`"format"\\s*:\\s*"${DATASET_FORMAT}"`).test(await start.text())) return;
  const uri = store.uriOf(DATASET_KEY);
  const message = `${uri} is no dataset's, and --overwrite replaces datasets alone; give another place, or move the file away`;
  throw new ObjectStoreError("AlreadyExists", message, { uri });
}
