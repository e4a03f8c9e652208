import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { isObjectStoreError } from "@sluice/core";

type RetryStrategy = Extract<
  Exclude<S3ClientConfig["retryStrategy"], undefined>,
  { readonly refreshRetryTokenForRetry: unknown }
>;
type RetryToken = Awaited<ReturnType<RetryStrategy["acquireInitialRetryToken"]>>;
type RetryError = Parameters<RetryStrategy["refreshRetryTokenForRetry"]>[1];

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 10_000;
/** A server that asks for a longer pause than this is not waited for. */
const MAX_ASKED_PAUSE_MS = 30_000;

/** Connections that fail in ways the SDK does not take up: an answer cut in its head or in its XML. */
const CUT = /^HPE_|ERR_STREAM_PREMATURE_CLOSE|ECONNABORTED/;
const CUT_MESSAGE = /socket hang up|aborted|premature close|Unclosed|unexpected end/i;

/** What a server says to a body that was damaged on the way: what was sent is still there, and whole. */
const DAMAGED = new Set(["BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"]);

/**
 * Sends again, up to `maxAttempts` times, what may go better next time: throttling, every 5xx but 501, resets, timeouts, cut
 * answers, damaged bodies. Pauses grow from 100 ms to 10 s with full jitter. The SDK's own strategy also stops all requests of a client
 * after 50 failures in a row of any of them, so that its limit of attempts does not hold; this one has only the limit.
 */
export function retryStrategy(maxAttempts: number): RetryStrategy {
  const token = (count: number, delayMs: number): RetryToken =>
    ({ getRetryCount: () => count, getRetryDelay: () => delayMs, getRetryCost: () => undefined }) as RetryToken;
  return {
    mode: "standard",
    acquireInitialRetryToken: async () => token(0, 0),
    refreshRetryTokenForRetry: async (previous, info) => {
      const count = previous.getRetryCount() + 1;
      if (count >= maxAttempts || !isWorthRetrying(info)) throw new Error("no further attempt");
      const pauseMs = Math.random() * Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** count);
      const askedMs = info.retryAfterHint === undefined ? 0 : info.retryAfterHint.getTime() - Date.now();
      return token(count, Math.max(pauseMs, Math.min(askedMs, MAX_ASKED_PAUSE_MS)));
    },
    recordSuccess: () => undefined,
  } as RetryStrategy;
}

function isWorthRetrying({ error, errorType }: RetryError): boolean {
  const { name, code, message, $metadata } = error as {
    readonly name?: string;
    readonly code?: string;
    readonly message?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  if (name === "AbortError" || isObjectStoreError(error) || $metadata?.httpStatusCode === 501) return false;
  if (errorType === "THROTTLING" || errorType === "TRANSIENT" || errorType === "SERVER_ERROR") return true;
  if (name === "ConditionalRequestConflict" || name === "OperationAborted" || DAMAGED.has(name ?? "")) return true;
  // An answer that began well and can't be read.
  if (($metadata?.httpStatusCode ?? 500) < 300) return true;
  return CUT.test(code ?? "") || ($metadata === undefined && CUT_MESSAGE.test(message ?? ""));
}
