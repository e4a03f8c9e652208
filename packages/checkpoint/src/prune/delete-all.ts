import { batchesOf, type ObjectStore } from "@sluice/core";

/** Keys of one request. */
const BATCH = 1000;

/** Deletes objects, those that are gone already too, and counts them; throws the first error when all have been tried. */
export async function deleteAll(
  store: ObjectStore,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<number> {
  let failure: Error | undefined;
  for (const batch of batchesOf(keys, BATCH)) {
    const results = await store.deleteMany(batch, signal === undefined ? {} : { signal });
    failure ??= results.find(({ error }) => error !== undefined)?.error;
  }
  if (failure !== undefined) throw failure;
  return keys.length;
}
