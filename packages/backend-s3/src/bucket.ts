import type { S3Client } from "@aws-sdk/client-s3";
import { throwIfAborted } from "@sluice/core";
import { fromS3Error, type S3ErrorContext } from "./errors.js";
import type { CheckedS3Options } from "./options.js";

/** How a request is sent: the second argument of the client's `send`. */
export interface SendOptions {
  readonly abortSignal: AbortSignal;
}

/** A bucket as everything in this package reaches it. */
export class S3Bucket {
  readonly name: string;
  readonly client: S3Client;
  readonly options: CheckedS3Options;

  constructor(name: string, client: S3Client, options: CheckedS3Options) {
    this.name = name;
    this.client = client;
    this.options = options;
  }

  /** Sends a request; its errors become core's, and an abort before its answer ends it with the signal's reason. */
  async call<T>(send: (options: SendOptions) => Promise<T>, context: Omit<S3ErrorContext, "bucket"> = {}): Promise<T> {
    const { signal } = context;
    throwIfAborted(signal, "the request");
    // The SDK adds several listeners to a signal for each request, and Node warns of more than ten: it gets one of its own.
    const stop = new AbortController();
    const onAbort = (): void => stop.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await send({ abortSignal: stop.signal });
    } catch (error) {
      throw fromS3Error(error, { ...context, bucket: this.name });
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }
}
