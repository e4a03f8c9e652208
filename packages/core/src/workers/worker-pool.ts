import { Worker } from "node:worker_threads";
import { ObjectStoreError } from "../errors.js";

interface Task<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Threads that do the same kind of work: each answers every message with one message, in order. Requests go to the thread
 * that has the fewest. The threads keep the process alive only while they have work.
 */
export class WorkerPool<Request, Reply> {
  readonly #threads: WorkerThread<Request, Reply>[];

  /** `entry` is the URL of a module that listens on `parentPort`; `workerData` is what every thread begins with. */
  constructor(entry: URL, threads: number, workerData?: unknown) {
    this.#threads = Array.from({ length: threads }, () => new WorkerThread<Request, Reply>(entry, workerData));
  }

  get threads(): number {
    return this.#threads.length;
  }

  /** Hands a request over; what is in `transfer` belongs to the thread until it answers. */
  run(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<Reply> {
    const idlest = this.#threads.reduce((first, second) => (second.tasks < first.tasks ? second : first));
    return idlest.run(request, transfer);
  }

  /** Ends the threads; requests that have no answer yet reject. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

class WorkerThread<Request, Reply> {
  readonly #worker: Worker;
  readonly #tasks: Task<Reply>[] = [];
  #failure: unknown;

  constructor(entry: URL, workerData: unknown) {
    // Nothing that the application preloads is of use here, and a thread should begin fast.
    this.#worker = new Worker(entry, { workerData, execArgv: [] });
    this.#worker.on("message", (reply: Reply) => this.#settle((task) => task.resolve(reply)));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new ObjectStoreError("Aborted", "the worker thread has ended")));
    this.#worker.unref();
  }

  get tasks(): number {
    return this.#tasks.length;
  }

  run(request: Request, transfer: readonly ArrayBuffer[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#worker.ref();
      this.#tasks.push({ resolve, reject });
      this.#worker.postMessage(request, transfer);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(settle: (task: Task<Reply>) => void): void {
    const task = this.#tasks.shift();
    if (this.#tasks.length === 0) this.#worker.unref();
    if (task !== undefined) settle(task);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    while (this.#tasks.length > 0) this.#settle((task) => task.reject(this.#failure));
  }
}
