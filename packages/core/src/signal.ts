import { setMaxListeners } from "node:events";
import { ObjectStoreError } from "./errors.js";

/** The error of a call that `signal` stopped; its cause is the signal's reason. */
export function abortedError(operation: string, signal: AbortSignal): ObjectStoreError {
  return new ObjectStoreError("Aborted", `${operation} was aborted`, { operation, cause: signal.reason });
}

/** Lets one signal serve any number of calls at once, of which each listens to it: that is no leak to be warned of. */
export function allowManyCalls(signal: AbortSignal | undefined): void {
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
}

export function throwIfAborted(signal: AbortSignal | undefined, operation: string): void {
  if (signal?.aborted === true) throw abortedError(operation, signal);
}

/**
 * `promise`, or an Aborted error as soon as `signal` fires. For waits that cannot be stopped themselves, such as a
 * stalled source: what the promise does later is ignored.
 */
export async function orAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  operation: string,
): Promise<T> {
  if (signal === undefined) return promise;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortedError(operation, signal));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
  }
}

/**
 * Calls `work` with a signal that fires `graceMs` after the given one: a request that makes something is not cut off at
 * once, since its answer tells what has become of it.
 */
export async function withGrace<T>(
  signal: AbortSignal,
  graceMs: number,
  work: (late: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => late.abort(signal.reason), graceMs);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await work(late.signal);
  } finally {
    signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  }
}
