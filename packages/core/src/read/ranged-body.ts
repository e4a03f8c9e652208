import type { ResolvedRange } from "../range.js";
import { abortedError, allowManyCalls } from "../signal.js";
import { type OpenedRange, type OpenRange, type ResumeLimits, readWindow } from "./read-window.js";

export interface RangedBodyOptions extends ResumeLimits {
  /** What is to be delivered. */
  readonly range: ResolvedRange;
  /** What has been opened already: the bytes from the range's start to `end`. */
  readonly first?: OpenedRange & { readonly end: number };
  /** Bytes of one request. */
  readonly windowBytes: number;
  /** Requests at once. Memory is at most so many windows. */
  readonly windowsInFlight: number;
  readonly signal?: AbortSignal | undefined;
}

export interface RangedBody {
  readonly body: AsyncIterable<Uint8Array>;
  /** Stops every request. */
  cancel(): Promise<void>;
}

/**
 * The bytes of one version of a remote object, in order, by several ranged requests at once. A request that is cut is taken
 * up again where it stopped. Nothing is read ahead until the first chunk has been used.
 */
export function rangedBody(open: OpenRange, options: RangedBodyOptions): RangedBody {
  const { signal, first } = options;
  const stop = new AbortController();
  allowManyCalls(stop.signal);
  const onAbort = (): void => signal && stop.abort(abortedError("get", signal));
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  const end = (): void => {
    signal?.removeEventListener("abort", onAbort);
    stop.abort();
    first?.cancel();
  };
  async function* deliver(): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* inOrder(windowsOf(open, options, stop.signal), options.windowsInFlight);
    } finally {
      end();
    }
  }
  return { body: deliver(), cancel: async () => end() };
}

type Window = AsyncIterable<Uint8Array> | Promise<Uint8Array[]>;

/** Delivers a window as it comes, while those after it are read into memory. */
async function* inOrder(
  windows: Iterator<AsyncIterable<Uint8Array>>,
  inFlight: number,
): AsyncGenerator<Uint8Array, void, void> {
  const ahead: Window[] = [];
  for (let window: Window | undefined = take(); window !== undefined; window = ahead.shift() ?? take()) {
    for await (const chunk of await window) {
      yield chunk;
      readAhead();
    }
  }

  function take(): AsyncIterable<Uint8Array> | undefined {
    const { done, value } = windows.next();
    return done === true ? undefined : value;
  }
  function readAhead(): void {
    while (ahead.length < inFlight - 1) {
      const window = take();
      if (window === undefined) return;
      const chunks = collect(window);
      chunks.catch(() => undefined);
      ahead.push(chunks);
    }
  }
}

function* windowsOf(
  open: OpenRange,
  options: RangedBodyOptions,
  signal: AbortSignal,
): Generator<AsyncIterable<Uint8Array>, void, void> {
  const { range, first, windowBytes } = options;
  if (first !== undefined) yield readWindow(open, { start: range.start, end: first.end }, first, options, signal);
  for (let start = first?.end ?? range.start; start < range.end; start += windowBytes) {
    const window = { start, end: Math.min(range.end, start + windowBytes) };
    yield readWindow(open, window, undefined, options, signal);
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const collected: Uint8Array[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return collected;
}
