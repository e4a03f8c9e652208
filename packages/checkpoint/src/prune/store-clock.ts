import { randomBytes } from "node:crypto";
import { isObjectStoreError, type ObjectStore } from "@sluice/core";
import { SAVES } from "../layout/keys.js";
import { doubt } from "./doubt.js";

/**
 * The time that the store gives to what is written now, in milliseconds since 1970: that of a small object, which is put, listed
 * and removed again. This machine's clock may be wrong by more than an attempt's time of grace.
 */
export async function readStoreClockMs(store: ObjectStore, signal: AbortSignal | undefined): Promise<number> {
  const call = signal === undefined ? {} : { signal };
  const key = `${SAVES}prune-clock-${randomBytes(8).toString("hex")}.json`;
  await store.put(key, "{}", call);
  try {
    for await (const entry of store.list({ prefix: key, ...call })) {
      if (entry.kind === "object" && entry.key === key) return entry.lastModified.getTime();
    }
    throw doubt(store, `the listing lacked ${key}, which had just been written`);
  } finally {
    await store.delete(key).catch((error: unknown) => {
      // It is an orphan like others then, and collected as such.
      if (!isObjectStoreError(error)) throw error;
    });
  }
}
