import { createRequire } from "node:module";
import { WorkerPool, type WriteResult } from "@sluice/core";
import type { ObjectRequest } from "../generate-object.js";
import type { GeneratedBytes, ObjectWorkerData } from "./object-worker.js";

export interface ObjectThreadsOptions {
  readonly threads: number;
  readonly target: ObjectWorkerData;
  readonly onBytes: (bytes: number) => void;
}

/** Threads that each generate, hash and write whole objects, with a store of their own. */
export class ObjectThreads {
  readonly #pool: WorkerPool<ObjectRequest, WriteResult, GeneratedBytes>;

  constructor({ threads, target, onBytes }: ObjectThreadsOptions) {
    const entry = createRequire(import.meta.url).resolve("@sluice/cli/object-worker");
    this.#pool = new WorkerPool(entry, { threads, workerData: target, onNotice: onBytes });
  }

  /** Writes one object; rejects, and leaves nothing, when `signal` fires. */
  async write(request: ObjectRequest, signal: AbortSignal): Promise<WriteResult> {
    const abort = (): void => this.#pool.abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await this.#pool.run(request);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
