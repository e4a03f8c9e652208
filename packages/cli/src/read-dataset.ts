import { isObjectStoreError, type ObjectStore, ObjectStoreError, type StoredObject } from "@sluice/core";
import { CommandError } from "./command-error.js";
import { MAX_DATASET_BYTES } from "./dataset.js";
import { type ParsedDataset, parseDataset } from "./parse-dataset.js";

/** The dataset of a manifest in a store. NotFound if there is none; BadData if it is damaged or too large to be one. */
export async function readDataset(store: ObjectStore, key: string, signal: AbortSignal): Promise<ParsedDataset> {
  const object = await openManifest(store, key, signal);
  const { uri, size } = object.info;
  if (size > MAX_DATASET_BYTES) {
    await object.cancel();
    throw new CommandError("BadData", `${uri} has ${size} bytes, a dataset has at most ${MAX_DATASET_BYTES}`, uri);
  }
  return parseDataset(await object.text(), uri);
}

async function openManifest(store: ObjectStore, key: string, signal: AbortSignal): Promise<StoredObject> {
  try {
    return await store.get(key, { signal });
  } catch (error) {
    if (!isObjectStoreError(error, "NotFound")) throw error;
    const uri = store.uriOf(key);
    const message = `no dataset: there is no ${uri}; give the folder that sluice gen wrote, or an object and --checksum`;
    throw new ObjectStoreError("NotFound", message, { uri, cause: error });
  }
}
