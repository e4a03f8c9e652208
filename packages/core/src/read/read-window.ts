import { setTimeout as delay } from "node:timers/promises";
import { isObjectStoreError, ObjectStoreError, toObjectStoreError } from "../errors.js";
import type { ResolvedRange } from "../range.js";
import { orAborted, throwIfAborted } from "../signal.js";
import { drainUntilIdle, type OpenedRange, untilIdle } from "./opened-range.js";

/** One ranged request for bytes of one pinned version; rejects with an ObjectStoreError. `signal` ends with its answer. */
export type OpenRange = (range: ResolvedRange, signal: AbortSignal) => Promise<OpenedRange>;

export interface ResumeLimits {
  /** How often a request is taken up again where it was cut, without a byte in between. */
  readonly resumes: number;
  /** No byte for so long counts as cut. */
  readonly idleTimeoutMs: number;
}

/** A range, and its answer where that is under way already. */
export interface Window extends ResolvedRange {
  readonly opened?: OpenedRange | undefined;
}

const FIRST_PAUSE_MS = 100;
/** The longest pause before a request is taken up again. */
const MAX_PAUSE_MS = 5_000;

/**
 * Fills `target` with the bytes of a window, and tells `onFilled` of each piece as it is there; a body that is cut is opened
 * again at the byte it stopped at. Once it has settled, nothing is written any more.
 */
export async function fillWindow(
  open: OpenRange,
  { start, end, opened: first }: Window,
  target: Uint8Array,
  { resumes, idleTimeoutMs }: ResumeLimits,
  signal: AbortSignal,
  onFilled: (piece: Uint8Array) => void,
): Promise<void> {
  let position = start;
  let opened = first;
  let failures = 0;
  const take = (chunk: Uint8Array): void => {
    if (chunk.byteLength > end - position) throw tooMuch();
    const offset = position - start;
    target.set(chunk, offset);
    position += chunk.byteLength;
    failures = 0;
    onFilled(target.subarray(offset, position - start));
  };
  while (position < end) {
    try {
      throwIfAborted(signal, "get");
      opened ??= await open({ start: position, end }, signal);
      // The signal may have fired when the answer was there and not yet seen.
      throwIfAborted(signal, "get");
      await drainUntilIdle(opened, idleTimeoutMs, signal, take);
      if (position < end) throw tooEarly(end - position);
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

/** The chunks of a window that is too long for memory, from a server that knows no ranges: it can't be taken up again. */
export async function* streamWindow(
  { start, end, opened }: Window & { readonly opened: OpenedRange },
  { idleTimeoutMs }: ResumeLimits,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  let position = start;
  try {
    throwIfAborted(signal, "get");
    for await (const chunk of untilIdle(opened, idleTimeoutMs, signal)) {
      position += chunk.byteLength;
      if (position > end) throw tooMuch();
      yield chunk;
    }
    if (position < end) throw tooEarly(end - position);
  } catch (error) {
    throw asFailure(error, signal);
  } finally {
    opened.cancel();
  }
}

/** Whatever a connection throws in the middle of a body is a cut; an abort is what its reason says. */
function asFailure(error: unknown, signal: AbortSignal): ObjectStoreError {
  if (signal.aborted) return toObjectStoreError(signal.reason, { operation: "get" });
  if (isObjectStoreError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new ObjectStoreError("Unavailable", `the connection was cut: ${reason}`, { cause: error });
}

function tooMuch(): ObjectStoreError {
  return new ObjectStoreError("Unavailable", "the store sent more than it was asked for");
}

function tooEarly(missingBytes: number): ObjectStoreError {
  return new ObjectStoreError("Unavailable", `the body ended ${missingBytes} bytes early`);
}
