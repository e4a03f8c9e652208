import { setTimeout as delay } from "node:timers/promises";
import { ObjectStoreError, throwIfAborted } from "@sluice/core";

/** Between two looks, at first and at most. */
const FIRST_DELAY_MS = 20;
const MAX_DELAY_MS = 1000;

export interface PollOptions {
  readonly operation: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  /** What was waited for, once the deadline has passed. */
  readonly waitedFor: () => string;
}

/** Looks again and again until there is something, ever more slowly; Timeout if there is nothing by the deadline. */
export async function pollUntil<T>(look: () => Promise<T | undefined>, options: PollOptions): Promise<T> {
  const { operation, deadlineMs, signal, waitedFor } = options;
  const endMs = performance.now() + deadlineMs;
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 1.5, MAX_DELAY_MS)) {
    throwIfAborted(signal, operation);
    const found = await look();
    if (found !== undefined) return found;
    const leftMs = endMs - performance.now();
    if (leftMs <= 0) {
      throw new ObjectStoreError("Timeout", `${operation}: ${waitedFor()} within ${deadlineMs} ms`, { operation });
    }
    await pause(Math.min(delayMs, leftMs), signal, operation);
  }
}

/** Waits; Aborted as soon as `signal` fires. */
export async function pause(delayMs: number, signal: AbortSignal | undefined, operation: string): Promise<void> {
  try {
    await delay(delayMs, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throwIfAborted(signal, operation);
    throw error;
  }
}
