import { Worker } from "node:worker_threads";
import { ObjectStoreError } from "../errors.js";
import { type FromWorker, fromFailure, type ToWorker } from "./worker-messages.js";

export interface WorkerPoolOptions<Notice> {
  readonly threads: number;
  /** What every thread begins with. */
  readonly workerData?: unknown;
  /** Told what threads say before they answer. */
  readonly onNotice?: (notice: Notice) => void;
}

interface Task<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Threads that do the same kind of work; their module calls `serveRequests`. A request goes to the thread that has the
 * fewest. The threads keep the process alive only while they have work.
 */
export class WorkerPool<Request, Reply, Notice = never> {
  readonly #threads: WorkerThread<Request, Reply, Notice>[];

  /** `entry` is the module's absolute path. */
  constructor(entry: string, { threads, workerData, onNotice }: WorkerPoolOptions<Notice>) {
    this.#threads = Array.from({ length: threads }, () => new WorkerThread(entry, workerData, onNotice));
  }

  get threads(): number {
    return this.#threads.length;
  }

  /** Hands a request over; what is in `transfer` belongs to the thread from here on. */
  run(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<Reply> {
    const idlest = this.#threads.reduce((first, second) => (second.tasks < first.tasks ? second : first));
    return idlest.run(request, transfer);
  }

  /** Fires the signal of every request under way. */
  abort(): void {
    for (const thread of this.#threads) thread.abort();
  }

  /** Ends the threads; requests that have no answer yet reject with Aborted. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

class WorkerThread<Request, Reply, Notice> {
  readonly #worker: Worker;
  readonly #tasks = new Map<number, Task<Reply>>();
  #lastId = 0;
  #failure: unknown;

  constructor(entry: string, workerData: unknown, onNotice: ((notice: Notice) => void) | undefined) {
    // Nothing that the application preloads is of use here, and a thread should begin fast.
    this.#worker = new Worker(entry, { workerData, execArgv: [] });
    this.#worker.on("message", (message: FromWorker<Reply, Notice>) => {
      if (message.kind === "notice") onNotice?.(message.notice);
      else if (message.kind === "reply") this.#take(message.id)?.resolve(message.reply);
      else this.#take(message.id)?.reject(fromFailure(message.failure));
    });
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new ObjectStoreError("Aborted", "the worker thread has ended")));
    this.#worker.unref();
  }

  get tasks(): number {
    return this.#tasks.size;
  }

  run(request: Request, transfer: readonly ArrayBuffer[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#worker.ref();
      const id = ++this.#lastId;
      this.#tasks.set(id, { resolve, reject });
      this.#post({ kind: "request", id, request }, transfer);
    });
  }

  abort(): void {
    this.#post({ kind: "abort" }, []);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #post(message: ToWorker<Request>, transfer: readonly ArrayBuffer[]): void {
    this.#worker.postMessage(message, transfer);
  }

  #take(id: number): Task<Reply> | undefined {
    const task = this.#tasks.get(id);
    this.#tasks.delete(id);
    if (this.#tasks.size === 0) this.#worker.unref();
    return task;
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const id of [...this.#tasks.keys()]) this.#take(id)?.reject(this.#failure);
  }
}
