import { isUint8Array } from "node:util/types";
import type { CompressionOptions } from "../compression/codec.js";
import type { EncoderFactory } from "../compression/encoder.js";
import { ObjectStoreError, toObjectStoreError } from "../errors.js";
import { abortedError, throwIfAborted } from "../signal.js";
import type { Sink } from "../sink/sink.js";
import { ContentPipeline } from "./content-pipeline.js";
import { type Leftover, listenWeakly, unwatchWriter, watchWriter } from "./dropped-writers.js";
import type { ObjectWriter, WriteResult, WriterState } from "./object-writer.js";
import { type Producer, type Steps, stepsOfChunk, stepsOfHashed, stepsOfProducer } from "./steps.js";

const DONE: Promise<void> = Promise.resolve();

/** What a writer is made of; the store has checked all of it. */
export interface PipelineParts {
  readonly key: string;
  readonly uri: string;
  readonly backend: string;
  readonly sink: Sink;
  readonly compression: CompressionOptions | "none";
  readonly createEncoder: EncoderFactory;
  readonly expectedBytes?: number;
  readonly signal?: AbortSignal;
  /** Called after the commit and before finalize resolves; may reject, or say who verified the bytes. */
  readonly afterCommit?: (result: WriteResult) => Promise<WriteResult>;
}

/** The one writer: hash, encode, sink. Every backend's writer is this one. */
export class PipelineWriter implements ObjectWriter {
  readonly key: string;
  readonly uri: string;
  readonly compression: CompressionOptions | "none";
  readonly #parts: PipelineParts;
  readonly #pipeline: ContentPipeline;
  readonly #leftover: Leftover;
  readonly #onAbort: () => void;
  #state: WriterState = "open";
  #committed = false;
  /** The writes that have not ended; undefined while there are none. */
  #pending: Promise<void> | undefined;
  #finalizing: Promise<WriteResult> | undefined;
  #failure: ObjectStoreError | undefined;
  #cleanup: Promise<void> | undefined;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#pipeline = new ContentPipeline(parts.sink, parts.createEncoder, parts.compression !== "none");
    this.key = parts.key;
    this.uri = parts.uri;
    this.compression = parts.compression;
    this.#leftover = watchWriter(this, parts.sink, this.#pipeline);
    this.#onAbort = listenWeakly(this, (writer) => writer.#abort());
    parts.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (parts.signal?.aborted === true) this.#abort();
  }

  get state(): WriterState {
    return this.#state;
  }

  get bytesWritten(): number {
    return this.#pipeline.contentBytes;
  }

  get compressedBytes(): number {
    return this.#pipeline.storedBytes;
  }

  get compressionRatio(): number {
    return this.bytesWritten === 0 ? 1 : this.compressedBytes / this.bytesWritten;
  }

  checksum(): string {
    return this.#pipeline.checksum();
  }

  writeChunk(chunk: Uint8Array): Promise<void> {
    const message = "writeChunk takes a Uint8Array";
    if (!isUint8Array(chunk)) return Promise.reject(this.#error("InvalidArgument", message, "writeChunk"));
    return this.#write(stepsOfChunk(chunk), "writeChunk");
  }

  writeHashed(chunk: Uint8Array, crc32c: number): Promise<void> {
    if (!isUint8Array(chunk) || crc32c !== crc32c >>> 0) {
      const message = "writeHashed takes a Uint8Array and its CRC-32C as an unsigned number";
      return Promise.reject(this.#error("InvalidArgument", message, "writeHashed"));
    }
    return this.#write(stepsOfHashed(chunk, crc32c), "writeHashed");
  }

  writeFrom(produce: Producer, byteLength: number): Promise<void> {
    if (typeof produce !== "function" || !Number.isSafeInteger(byteLength) || byteLength < 0) {
      const message = "writeFrom takes a function and a number of bytes";
      return Promise.reject(this.#error("InvalidArgument", message, "writeFrom"));
    }
    return this.#write(stepsOfProducer(produce, byteLength), "writeFrom");
  }

  finalize(): Promise<WriteResult> {
    if (this.#finalizing !== undefined) return this.#finalizing;
    if (this.#state !== "open") return Promise.reject(this.#refusal("finalize"));
    this.#state = "finalizing";
    unwatchWriter(this.#leftover);
    this.#finalizing = this.#commit();
    return this.#finalizing;
  }

  async cancel(): Promise<void> {
    if (this.#state === "finalizing") await this.#finalizing?.catch(() => undefined);
    if (this.#state === "open") {
      this.#state = "cancelled";
      this.#cleanUp();
    }
    await this.#cleanup;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }

  /** Writes at once if no write is waiting, else behind the last one. */
  #write(steps: Steps, operation: string): Promise<void> {
    if (this.#state !== "open") return Promise.reject(this.#refusal(operation));
    if (this.#pending !== undefined) return this.#enqueue(this.#pending.then(() => this.#pump(steps)));
    try {
      const waiting = this.#pump(steps);
      return waiting === undefined ? DONE : this.#enqueue(waiting);
    } catch (error) {
      return this.#enqueue(Promise.reject(error));
    }
  }

  readonly #pump = (steps: Steps): void | Promise<void> => this.#pipeline.write(steps, this.#checkStillWriting);

  /** Puts a write in line; the first that fails settles the writer's fate, and rejects once everything is cleaned up. */
  #enqueue(write: Promise<void>): Promise<void> {
    const settled = write.then(
      () => {
        this.#checkStillWriting();
        if (this.#pending === settled) this.#pending = undefined;
      },
      (error) => this.#fail(error, "writeChunk"),
    );
    settled.catch(() => undefined);
    this.#pending = settled;
    return settled;
  }

  async #commit(): Promise<WriteResult> {
    try {
      await this.#pending;
      const { expectedBytes, sink, afterCommit, signal } = this.#parts;
      if (expectedBytes !== undefined && expectedBytes !== this.bytesWritten) {
        const message = `size was declared as ${expectedBytes} bytes, but ${this.bytesWritten} were written`;
        throw this.#error("InvalidArgument", message, "finalize");
      }
      const summary = await this.#pipeline.end();
      throwIfAborted(signal, "finalize");
      const receipt = await sink.commit(summary);
      this.#committed = true;
      const { uri, key, compression } = this;
      const complete = { uri, key, ...summary, compression, ...receipt, verifiedBy: receipt.verifiedBy ?? "none" };
      const final = afterCommit === undefined ? complete : await afterCommit(complete);
      this.#state = "finalized";
      this.#stopListening();
      return final;
    } catch (error) {
      return this.#fail(error, "finalize");
    }
  }

  /** Enters the failed state unless the writer has ended before, and always throws: the first error, after the clean-up. */
  async #fail(error: unknown, operation: string): Promise<never> {
    if (this.#state === "open" || this.#state === "finalizing") {
      this.#failure = toObjectStoreError(error, { operation, uri: this.uri, backend: this.#parts.backend });
      this.#state = "failed";
      this.#cleanUp();
    }
    await this.#cleanup;
    throw this.#refusal(operation);
  }

  #abort(): void {
    const { signal } = this.#parts;
    // While finalizing, the sink has the signal: only it knows whether the object is visible already.
    if (signal !== undefined && this.#state === "open")
      this.#fail(abortedError("writer", signal), "abort").catch(() => undefined);
  }

  #cleanUp(): void {
    unwatchWriter(this.#leftover);
    this.#pipeline.close();
    this.#cleanup ??= this.#abortSink();
    this.#stopListening();
  }

  /** An error after the commit, such as a failed read-back, must not touch what is visible already. */
  async #abortSink(): Promise<void> {
    if (!this.#committed) await this.#parts.sink.abort().catch(() => undefined);
  }

  #stopListening(): void {
    this.#parts.signal?.removeEventListener("abort", this.#onAbort);
  }

  readonly #checkStillWriting = (): void => {
    if (this.#state === "failed" || this.#state === "cancelled") throw this.#refusal("writeChunk");
  };

  #refusal(operation: string): ObjectStoreError {
    if (this.#failure !== undefined) return this.#failure;
    return this.#error("InvalidState", `the writer is ${this.#state}`, operation);
  }

  #error(code: ObjectStoreError["code"], message: string, operation: string): ObjectStoreError {
    const { backend } = this.#parts;
    return new ObjectStoreError(code, `${operation}: ${message}`, { operation, uri: this.uri, backend });
  }
}
