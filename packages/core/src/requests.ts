import { setTimeout as delay } from "node:timers/promises";
import { ObjectStoreError } from "./errors.js";
import type { IntegerLimits } from "./options.js";
import { abortedError, throwIfAborted } from "./signal.js";

/** How requests of a store are limited. */
export interface RequestLimits {
  /** Tries of one request. */
  readonly maxTries: number;
  /** The pause after the first failed try; it doubles each time, and a random part of it is waited. */
  readonly retryDelayMs: number;
  /** The longest pause. */
  readonly maxRetryDelayMs: number;
  /** How long one try may go unanswered, besides the time that its bytes take at 256 KiB/s. */
  readonly requestTimeoutMs: number;
}

/** Defaults and limits of {@link RequestLimits}, for `integerOptions`. */
export const REQUEST_LIMITS: Readonly<Record<keyof RequestLimits, IntegerLimits>> = {
  maxTries: [5, 1, 20],
  retryDelayMs: [200, 0, 60_000],
  maxRetryDelayMs: [20_000, 0, 600_000],
  requestTimeoutMs: [60_000, 1, 3_600_000],
};

export interface RequestCall {
  readonly operation: string;
  readonly signal?: AbortSignal | undefined;
  /** What the request's body adds to its time limit. Default 0. */
  readonly bytes?: number;
}

/** The slowest connection that a time limit allows for. */
const SLOWEST_BYTES_PER_MS = 256;

/**
 * Sends requests for a backend whose client library does not retry, or not well: each try has a time limit and ends with
 * the caller's signal; what is retryable is tried again, after a random pause.
 */
export class Requests {
  readonly #limits: RequestLimits;
  readonly #toError: (error: unknown) => ObjectStoreError;

  /** `toError` gives native errors core's codes, and says by that which are worth another try. */
  constructor(limits: RequestLimits, toError: (error: unknown) => ObjectStoreError) {
    this.#limits = limits;
    this.#toError = toError;
  }

  /** `send` makes the request, with the signal that stops it and the number of the try, from 1. */
  async run<T>(call: RequestCall, send: (signal: AbortSignal, attempt: number) => Promise<T>): Promise<T> {
    const { maxTries, retryDelayMs, maxRetryDelayMs } = this.#limits;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#try(call, (signal) => send(signal, attempt));
      } catch (error) {
        const failure = this.#toError(error);
        if (!failure.retryable || attempt === maxTries) throw failure;
        const pauseMs = Math.min(maxRetryDelayMs, retryDelayMs * 2 ** (attempt - 1)) * Math.random();
        // An abort ends the pause; the next try then says so.
        await delay(pauseMs, undefined, call.signal && { signal: call.signal }).catch(() => undefined);
      }
    }
  }

  async #try<T>({ operation, signal, bytes = 0 }: RequestCall, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    throwIfAborted(signal, operation);
    const stop = new AbortController();
    const onAbort = (): void => stop.abort();
    signal?.addEventListener("abort", onAbort, { once: true });
    const limitMs = Math.round(this.#limits.requestTimeoutMs + bytes / SLOWEST_BYTES_PER_MS);
    const timer = setTimeout(onAbort, limitMs);
    try {
      return await send(stop.signal);
    } catch (error) {
      if (signal?.aborted === true) throw abortedError(operation, signal);
      if (!stop.signal.aborted) throw error;
      throw new ObjectStoreError("Timeout", `${operation}: no answer within ${limitMs} ms`, { operation });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }
}
