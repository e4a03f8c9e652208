import { orAborted } from "@sluice/core";

/**
 * The chunks of `source` until `signal` fires, also while the source stalls: it is told to stop then, but not waited for, as
 * a terminal or a pipe may never answer.
 */
export async function* untilAborted(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  let hasEnded = false;
  try {
    for (;;) {
      const next = await orAborted(iterator.next(), signal, "read");
      if (next.done === true) {
        hasEnded = true;
        return;
      }
      yield next.value;
    }
  } finally {
    if (!hasEnded) Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
