import { isObjectStoreError, type ObjectStore } from "@sluice/core";

/**
 * Whether an object is there, by reading of it: the answer that there is none then has a body, in which a store says so in its own
 * words. An answer to `exists` has none, and something is deleted where this one says no.
 */
export async function isThere(store: ObjectStore, key: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await store.getRange(key, { start: 0, end: 1 }, signal === undefined ? {} : { signal });
    return true;
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return false;
    throw error;
  }
}
