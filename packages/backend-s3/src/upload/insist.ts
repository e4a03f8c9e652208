import { setTimeout as delay } from "node:timers/promises";
import { isObjectStoreError } from "@sluice/core";

const MAX_PAUSE_MS = 1000;

/**
 * Repeats what has to be known or done until the server answers or `signal` fires, however often requests are sent
 * otherwise: an upload is not left behind because one answer was lost. `call` is told how often it has failed.
 */
export async function insist<T>(call: (failures: number) => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await call(failures);
    } catch (error) {
      if (signal.aborted || !isObjectStoreError(error) || !error.retryable) throw error;
      await delay(Math.random() * Math.min(MAX_PAUSE_MS, 50 * 2 ** failures), undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}
