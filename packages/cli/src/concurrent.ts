import { allowManyCalls, throwIfAborted } from "@sluice/core";

/** The most objects that a command works on at once. */
export const MAX_CONCURRENCY = 64;

/**
 * Calls `work` for every item as it comes, at most `limit` at once. The first failure, or `signal`, aborts the signal that
 * the others got; when all have ended, it is thrown.
 */
export async function forEachAbortable<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  allowManyCalls(either);
  const iterator = oneByOne(items);
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    try {
      for (;;) {
        throwIfAborted(either, "run");
        const next = await iterator.next();
        if (next.done === true) return;
        throwIfAborted(either, "run");
        await work(next.value, either);
      }
    } catch (error) {
      failure ??= { error };
      stop.abort();
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  await iterator.return();
  if (failure !== undefined) throw failure.error;
}

/** A generator hands out its items in turn, however many workers ask at once. */
async function* oneByOne<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, void, void> {
  yield* items;
}
