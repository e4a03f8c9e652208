import { forEachConcurrently } from "../concurrency.js";
import { ObjectStoreError } from "../errors.js";
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
  /** Instead of iterating the body: fills `target`, which is as long as the range, in any order and without reading ahead. */
  into(target: Uint8Array): Promise<void>;
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
    stop.abort(new ObjectStoreError("Aborted", "the object was cancelled"));
    first?.cancel();
  };
  const windows = (): Generator<Window, void, void> => windowsOf(open, options, stop.signal);
  async function* deliver(): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* inOrder(windows(), options.windowsInFlight);
    } finally {
      end();
    }
  }
  const into = async (target: Uint8Array): Promise<void> => {
    try {
      await forEachConcurrently([...windows()], options.windowsInFlight, async ({ offset, chunks }) => {
        let end = offset;
        for await (const chunk of chunks) {
          target.set(chunk, end);
          end += chunk.byteLength;
        }
      });
    } finally {
      end();
    }
  };
  return { body: deliver(), into, cancel: async () => end() };
}

interface Window {
  /** Where in the range it begins. */
  readonly offset: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Delivers a window as it comes, while those after it are read into memory. */
async function* inOrder(windows: Iterator<Window>, inFlight: number): AsyncGenerator<Uint8Array, void, void> {
  const ahead: Promise<Uint8Array[]>[] = [];
  for (
    let window: ReturnType<typeof take> | Promise<Uint8Array[]> = take();
    window !== undefined;
    window = ahead.shift() ?? take()
  ) {
    for await (const chunk of await window) {
      yield chunk;
      readAhead();
    }
  }

  function take(): AsyncIterable<Uint8Array> | undefined {
    const { done, value } = windows.next();
    return done === true ? undefined : value.chunks;
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

function* windowsOf(open: OpenRange, options: RangedBodyOptions, signal: AbortSignal): Generator<Window, void, void> {
  const { range, first, windowBytes } = options;
  const windowOf = (start: number, end: number, opened?: OpenedRange): Window => ({
    offset: start - range.start,
    chunks: readWindow(open, { start, end }, opened, options, signal),
  });
  if (first !== undefined) yield windowOf(range.start, first.end, first);
  for (let start = first?.end ?? range.start; start < range.end; start += windowBytes) {
    yield windowOf(start, Math.min(range.end, start + windowBytes));
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const collected: Uint8Array[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return collected;
}
