import { isObjectStoreError, type ObjectStore } from "@sluice/core";
import { type Recipe, type VerifyReport, verifyObject } from "@sluice/datagen";
import { forEachAbortable } from "./concurrent.js";
import { type DatasetObject, objectRecipe } from "./dataset.js";
import type { ParsedDataset } from "./parse-dataset.js";
import type { Progress } from "./progress.js";

/** An object that is not what the dataset says. */
export interface BadObject extends Partial<Omit<VerifyReport, "ok">> {
  readonly key: string;
  readonly uri: string;
  /** `missing`; `damaged`: bytes are wrong, missing or too many; `manifest`: the manifest has another checksum. */
  readonly reason: "missing" | "damaged" | "manifest";
}

export interface VerifyDatasetOptions {
  readonly concurrency: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Compares every object of a dataset with its recipe's bytes, and tells which are bad, in the order of their indexes. */
export async function verifyDataset(
  store: ObjectStore,
  { dataset, recipe }: ParsedDataset,
  { concurrency, progress, signal }: VerifyDatasetOptions,
): Promise<readonly BadObject[]> {
  const decode = dataset.compression === "none" ? false : dataset.compression.codec;
  const bad = new Map<number, BadObject>();
  await forEachAbortable(dataset.objects, concurrency, signal, async (object, either) => {
    let before = 0;
    const onProgress = (bytes: number) => {
      progress.addBytes(bytes - before);
      before = bytes;
    };
    const options = { decode, signal: either, onProgress };
    const found = await verifyOne(store, object, objectRecipe(recipe, object.index), options);
    if (found !== undefined) bad.set(object.index, found);
    progress.addObject();
  });
  return [...bad.entries()].sort(([first], [second]) => first - second).map(([, object]) => object);
}

async function verifyOne(
  store: ObjectStore,
  { key, checksum }: DatasetObject,
  recipe: Recipe,
  options: Parameters<typeof verifyObject>[3],
): Promise<BadObject | undefined> {
  const uri = store.uriOf(key);
  try {
    const { ok, ...report } = await verifyObject(store, key, recipe, options);
    if (!ok) return { key, uri, reason: "damaged", ...report };
    return report.checksum === checksum ? undefined : { key, uri, reason: "manifest", ...report };
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return { key, uri, reason: "missing" };
    throw error;
  }
}
