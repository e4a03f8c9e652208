import { setTimeout as delay } from "node:timers/promises";
import { isObjectStoreError, ObjectStoreError, toObjectStoreError } from "../errors.js";
import type { ResolvedRange } from "../range.js";
import { orAborted, throwIfAborted } from "../signal.js";

/** An answer whose body is under way. */
export interface OpenedRange {
  /** May throw anything, or end early, when the connection is cut. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Stops the request, whatever state it is in. */
  cancel(): void;
}

/** One ranged request for bytes of one pinned version; rejects with an ObjectStoreError. `signal` ends with its answer. */
export type OpenRange = (range: ResolvedRange, signal: AbortSignal) => Promise<OpenedRange>;

export interface ResumeLimits {
  /** How often a request is taken up again where it was cut, without a byte in between. */
  readonly resumes: number;
  /** No byte for so long counts as cut. */
  readonly idleTimeoutMs: number;
}

const FIRST_PAUSE_MS = 100;
/** The longest pause before a request is taken up again. */
const MAX_PAUSE_MS = 5_000;

/** The bytes of one range, from `first` as far as that goes; a body that is cut is opened again at the byte it stopped at. */
export async function* readWindow(
  open: OpenRange,
  { start, end }: ResolvedRange,
  first: OpenedRange | undefined,
  { resumes, idleTimeoutMs }: ResumeLimits,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  let position = start;
  let opened = first;
  for (let failures = 0; position < end; ) {
    try {
      throwIfAborted(signal, "get");
      opened ??= await open({ start: position, end }, signal);
      for await (const chunk of untilIdle(opened.body, idleTimeoutMs, signal)) {
        position += chunk.byteLength;
        if (position > end) throw new ObjectStoreError("Internal", "the store sent more than it was asked for");
        failures = 0;
        yield chunk;
      }
      if (position < end) throw new ObjectStoreError("Unavailable", `the body ended ${end - position} bytes early`);
    } catch (error) {
      const failure = asFailure(error, signal);
      if (!failure.retryable || ++failures > resumes) throw failure;
      const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * Math.random();
      await orAborted(delay(pauseMs), signal, "get");
    } finally {
      opened?.cancel();
      opened = undefined;
    }
  }
}

/** Whatever a connection throws in the middle of a body is a cut; an abort is what its reason says. */
function asFailure(error: unknown, signal: AbortSignal): ObjectStoreError {
  if (signal.aborted) return toObjectStoreError(signal.reason, { operation: "get" });
  if (isObjectStoreError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new ObjectStoreError("Unavailable", `the connection was cut: ${reason}`, { cause: error });
}

/** The same chunks; Timeout when none comes for so long, and the signal's reason as soon as it fires. */
async function* untilIdle(
  body: AsyncIterable<Uint8Array>,
  idleTimeoutMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const iterator = body[Symbol.asyncIterator]();
  // One promise a chunk: a race with one that lives longer would keep every chunk for as long as that.
  let interrupt: ((error: unknown) => void) | undefined;
  const next = (): Promise<IteratorResult<Uint8Array>> =>
    new Promise((resolve, reject) => {
      interrupt = reject;
      iterator.next().then(resolve, reject);
    });
  const onAbort = (): void => interrupt?.(signal.reason);
  const timer = setTimeout(() => {
    interrupt?.(new ObjectStoreError("Timeout", `no byte came for ${idleTimeoutMs} ms`));
  }, idleTimeoutMs);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      timer.refresh();
      const { done, value } = await next();
      interrupt = undefined;
      if (done === true) return;
      yield value;
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    // Not awaited: an iterator that hangs would hang here too.
    Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
