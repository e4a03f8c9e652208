import { parentPort } from "node:worker_threads";
import { type FromWorker, type ToWorker, toFailure } from "./worker-messages.js";

/** What a thread has besides a request. */
export interface RequestContext<Notice> {
  /** Fires when the pool is told to abort; requests that come later begin with a new one. */
  readonly signal: AbortSignal;
  /** Tells the pool something before the request is answered. */
  notify(notice: Notice): void;
}

/**
 * Called once in the module of a `WorkerPool`'s threads: answers its requests, several at once if `answer` waits. What an
 * answer rejects with is what the request rejects with; an ObjectStoreError keeps its code. Memory that `transferOf` names
 * goes back with the reply.
 */
export function serveRequests<Request, Reply, Notice = never>(
  answer: (request: Request, context: RequestContext<Notice>) => Reply | Promise<Reply>,
  transferOf: (reply: Reply) => ArrayBuffer[] = () => [],
): void {
  let stop = new AbortController();
  const post = (message: FromWorker<Reply, Notice>, transfer: ArrayBuffer[] = []): void =>
    parentPort?.postMessage(message, transfer);
  parentPort?.on("message", async (message: ToWorker<Request>) => {
    if (message.kind === "abort") {
      stop.abort();
      stop = new AbortController();
      return;
    }
    const { id, request } = message;
    try {
      const reply = await answer(request, {
        signal: stop.signal,
        notify: (notice) => post({ kind: "notice", notice }),
      });
      post({ kind: "reply", id, reply }, transferOf(reply));
    } catch (error) {
      post({ kind: "failure", id, failure: toFailure(error) });
    }
  });
}
