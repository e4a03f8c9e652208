import { ObjectStoreError } from "../errors.js";

/** An answer whose body is under way; it is iterated or drained, once. */
export interface OpenedRange {
  /** May throw anything, or end early, when the connection is cut. */
  readonly body: AsyncIterable<Uint8Array>;
  /**
   * Where it is faster than the body: hands every chunk to `use`, valid during that call alone, and resolves at the end.
   * Rejects with what `use` throws, or with anything when the connection is cut.
   */
  drain?(use: (chunk: Uint8Array) => void): Promise<void>;
  /** Stops the request, whatever state it is in. */
  cancel(): void;
}

/** The first `bytes` of an answer, which need not be read to its end then. */
export function beginningOf(opened: OpenedRange, bytes: number): OpenedRange {
  let left = bytes;
  const take = (chunk: Uint8Array): Uint8Array => {
    const taken = chunk.subarray(0, left);
    left -= taken.byteLength;
    return taken;
  };
  async function* body(): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of opened.body) {
      yield take(chunk);
      if (left === 0) return;
    }
  }
  const drain = (use: (chunk: Uint8Array) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const onChunk = (chunk: Uint8Array): void => {
        if (left > 0) use(take(chunk));
        if (left === 0) resolve();
      };
      opened.drain?.(onChunk).then(resolve, reject);
    });
  return { body: body(), ...(opened.drain !== undefined && { drain }), cancel: () => opened.cancel() };
}

/**
 * Hands every chunk to `use`; rejects with Timeout when none comes for so long, and with the signal's reason as soon as it
 * fires. Once it has settled, `use` is not called any more.
 */
export async function drainUntilIdle(
  opened: OpenedRange,
  idleTimeoutMs: number,
  signal: AbortSignal,
  use: (chunk: Uint8Array) => void,
): Promise<void> {
  if (opened.drain === undefined) {
    for await (const chunk of untilIdle(opened, idleTimeoutMs, signal)) use(chunk);
    return;
  }
  let watch: Watch | undefined;
  const interrupted = new Promise<never>((_, reject) => {
    watch = new Watch(idleTimeoutMs, signal, reject);
  });
  let isOver = false;
  const drained = opened.drain((chunk) => {
    if (isOver) return;
    watch?.chunkCame();
    use(chunk);
  });
  try {
    await Promise.race([drained, interrupted]);
  } finally {
    isOver = true;
    watch?.end();
    drained.catch(() => undefined);
  }
}

/** The same chunks; Timeout when none comes for so long, and the signal's reason as soon as it fires. */
export async function* untilIdle(
  { body }: OpenedRange,
  idleTimeoutMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const iterator = body[Symbol.asyncIterator]();
  // One promise a chunk: a race with one that lives longer would keep every chunk for as long as that.
  let interrupt: ((error: unknown) => void) | undefined;
  const next = (): Promise<IteratorResult<Uint8Array>> =>
    new Promise((resolve, reject) => {
      interrupt = reject;
      iterator.next().then(resolve, reject);
    });
  const watch = new Watch(idleTimeoutMs, signal, (error) => interrupt?.(error));
  try {
    for (;;) {
      watch.chunkCame();
      const { done, value } = await next();
      interrupt = undefined;
      if (done === true) return;
      yield value;
    }
  } finally {
    watch.end();
    // Not awaited: an iterator that hangs would hang here too.
    Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** Interrupts a body that stalls, or that `signal` ends. */
class Watch {
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(idleTimeoutMs: number, signal: AbortSignal, interrupt: (error: unknown) => void) {
    this.#signal = signal;
    this.#onAbort = () => interrupt(signal.reason);
    this.#timer = setTimeout(() => {
      interrupt(new ObjectStoreError("Timeout", `no byte came for ${idleTimeoutMs} ms`));
    }, idleTimeoutMs);
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  chunkCame(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}
