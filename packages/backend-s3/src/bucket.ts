import type {
  $Command,
  S3Client,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "@aws-sdk/client-s3";
import { throwIfAborted } from "@sluice/core";
import { withStrictAnswer } from "./client/strict-answers.js";
import { fromS3Error, type S3ErrorContext } from "./errors.js";
import type { CheckedS3Options } from "./options.js";

export interface SendContext<Output> extends Omit<S3ErrorContext, "bucket"> {
  /** Looks at what an answer says; one that it throws at is not believed, and the request is sent again. */
  readonly check?: ((output: Output) => void) | undefined;
}

/** A bucket as everything in this package reaches it. */
export class S3Bucket {
  readonly name: string;
  readonly client: S3Client;
  readonly options: CheckedS3Options;
  /** Whether a listing was url-encoded as it was asked for: then all of them are. */
  encodesNames = false;

  constructor(name: string, client: S3Client, options: CheckedS3Options) {
    this.name = name;
    this.client = client;
    this.options = options;
  }

  /**
   * Sends a request, whose answer is believed only in S3's own terms. Its errors become core's, and an abort before its
   * answer ends it with the signal's reason.
   */
  async send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: $Command<Input, Output, S3ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>,
    { check, ...context }: SendContext<Output> = {},
  ): Promise<Output> {
    const { signal } = context;
    withStrictAnswer(command, check);
    throwIfAborted(signal, "the request");
    // The SDK adds several listeners to a signal for each request, and Node warns of more than ten: it gets one of its own.
    const stop = new AbortController();
    const onAbort = (): void => stop.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await this.client.send(command, { abortSignal: stop.signal });
    } catch (error) {
      throw fromS3Error(error, { ...context, bucket: this.name });
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** A call of the SDK that sends no request; its errors become core's. */
  async withErrors<T>(call: () => Promise<T>, key: string): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw fromS3Error(error, { bucket: this.name, key });
    }
  }
}
