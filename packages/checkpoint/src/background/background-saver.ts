import { checkInteger, checkOptions, ObjectStoreError, orAborted } from "@sluice/core";
import type { CheckpointBase } from "../open-base.js";
import { CheckpointWriter } from "../write/checkpoint-writer.js";
import type { CommitResult } from "../write/commit.js";
import { type CheckpointWriterOptions, checkWriterOptions } from "../write/options.js";
import { type Unsaved, unwatchSave, watchSave } from "./unsaved.js";

export interface BackgroundSaverOptions {
  /** Checkpoints that may wait, besides the one that is being written. Default 1. */
  readonly queueLimit?: number;
}

/** Bytes by rank, in any view of memory. */
export type ShardBytes = Readonly<Record<number, ArrayBufferView>>;

export interface BackgroundSaveOptions extends CheckpointWriterOptions {
  /** Whether this process commits. Default: true where the ranks are its own, else for rank 0. */
  readonly commit?: boolean;
}

interface QueuedSave {
  readonly unsaved: Unsaved;
  readonly options: BackgroundSaveOptions;
  readonly shards: Readonly<Record<number, Uint8Array>>;
}

const MAX_QUEUE = 1024;

/**
 * Saves checkpoints while training goes on: {@link save} returns when the bytes are copied, and they are written in the background,
 * one checkpoint at a time. A save whose error no call has thrown by the end of the process is told by a process warning. It holds at most `queueLimit + 1` checkpoints in memory, and one more while a call waits for room.
 */
export class BackgroundSaver implements AsyncDisposable {
  readonly #base: CheckpointBase;
  readonly #queueLimit: number;
  readonly #queue: QueuedSave[] = [];
  readonly #waiting: (() => void)[] = [];
  #running: Promise<void> | undefined;
  readonly #failed: Unsaved[] = [];
  #last: CommitResult | undefined;
  #isClosed = false;

  constructor(base: CheckpointBase, options: BackgroundSaverOptions = {}) {
    checkOptions(options, ["queueLimit"], "BackgroundSaver");
    const { queueLimit = 1 } = options;
    checkInteger(queueLimit, "queueLimit", 0, MAX_QUEUE, "BackgroundSaver");
    this.#base = base;
    this.#queueLimit = queueLimit;
  }

  /** The checkpoint that was committed last. */
  get last(): CommitResult | undefined {
    return this.#last;
  }

  /**
   * Copies the shards and queues them; waits first while the queue is full. Rejects with the error of an earlier save, once, and
   * has then done nothing: call it again to save all the same.
   */
  async save(shards: ShardBytes, options: BackgroundSaveOptions): Promise<void> {
    const { commit: _, ...writerOptions } = options;
    checkWriterOptions(writerOptions);
    this.#throwFailure();
    for (const [rank, bytes] of Object.entries(shards)) checkBytes(rank, bytes);
    while (!this.#isClosed && this.#pending > this.#queueLimit) {
      await orAborted(new Promise<void>((resolve) => this.#waiting.push(resolve)), options.signal, "save");
    }
    this.#throwFailure();
    if (this.#isClosed) throw new ObjectStoreError("InvalidState", "save: it is closed", { operation: "save" });
    const copies = Object.entries(shards).map(([rank, bytes]) => [rank, copyOf(bytes)] as const);
    const unsaved = { step: options.step };
    this.#queue.push({ unsaved, options, shards: Object.fromEntries(copies) });
    watchSave(unsaved);
    this.#running ??= this.#run();
  }

  /** Resolves when everything has been committed; rejects with the first error of a save, once. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#throwFailure();
  }

  /** Ends it: takes no more, and flushes. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Checkpoints that are being written or wait. */
  get #pending(): number {
    return this.#queue.length + (this.#running === undefined ? 0 : 1);
  }

  async #run(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      try {
        await this.#write(next);
        unwatchSave(next.unsaved);
      } catch (error) {
        next.unsaved.error = error;
        this.#failed.push(next.unsaved);
      }
      this.#wake();
    }
    this.#running = undefined;
    this.#wake();
  }

  async #write({ options: { commit, ...options }, shards }: QueuedSave): Promise<void> {
    const writer = await CheckpointWriter.open(this.#base, options);
    try {
      await writer.save(shards);
      if (commit ?? (writer.rank === undefined || writer.rank === 0)) this.#last = await writer.commit();
    } catch (error) {
      await writer.cancel();
      throw error;
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** The first error; later ones are mostly its consequences, and are told of one by one. */
  #throwFailure(): void {
    const failed = this.#failed.shift();
    if (failed === undefined) return;
    unwatchSave(failed);
    throw failed.error;
  }
}

function checkBytes(rank: string, bytes: unknown): void {
  if (ArrayBuffer.isView(bytes)) return;
  throw new ObjectStoreError("InvalidArgument", `save: the shard of rank ${rank} must be a typed array or Buffer`, {
    operation: "save",
  });
}

function copyOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}
