import { combineCrc32c } from "../checksum/combine.js";
import { Crc32c } from "../checksum/crc32c.js";
import { forEachConcurrently } from "../concurrency.js";
import { ObjectStoreError } from "../errors.js";
import type { ResolvedRange } from "../range.js";
import { abortedError, allowManyCalls } from "../signal.js";
import { FillingWindow } from "./filling-window.js";
import type { OpenedRange } from "./opened-range.js";
import { fillWindow, type OpenRange, type ResumeLimits, streamWindow, type Window } from "./read-window.js";

export interface RangedBodyOptions extends ResumeLimits {
  /** What is to be delivered. */
  readonly range: ResolvedRange;
  /** What has been opened already: the bytes from the range's start to `end`. */
  readonly first?: OpenedRange & { readonly end: number };
  /** Bytes of one request. */
  readonly windowBytes: number;
  /** Requests at once. Memory is at most so many windows. */
  readonly windowsInFlight: number;
  /** Chunks are valid only until the next one is asked for; else they are copies, and belong to the reader. */
  readonly lendChunks?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RangedBody {
  readonly body: AsyncIterable<Uint8Array>;
  /**
   * Instead of iterating the body: fills `target`, which is as long as the range, in any order. Resolves with the CRC-32C of
   * the bytes where `hash` asks for it.
   */
  into(target: Uint8Array, hash?: boolean): Promise<number | undefined>;
  /** Stops every request. */
  cancel(): Promise<void>;
}

type Fill = (window: Window, target: Uint8Array, onFilled: (piece: Uint8Array) => void) => Promise<void>;

/**
 * The bytes of one version of a remote object, in order, by several ranged requests at once, which fill memory that is used
 * again. A request that is cut is taken up again where it stopped. Nothing is read ahead until the first chunk has been used.
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
  const underWay = new Set<Promise<void>>();
  const fill: Fill = (window, target, onFilled) => {
    const filling = fillWindow(open, window, target, options, stop.signal, onFilled);
    underWay.add(filling);
    const settled = (): boolean => underWay.delete(filling);
    filling.then(settled, settled);
    return filling;
  };
  async function* deliver(): AsyncGenerator<Uint8Array, void, void> {
    const windows = windowsOf(options);
    try {
      if (first !== undefined && first.end - options.range.start > options.windowBytes) {
        windows.next();
        yield* streamWindow({ start: options.range.start, end: first.end, opened: first }, options, stop.signal);
      }
      yield* inOrder(windows, fill, options);
    } finally {
      end();
      await Promise.allSettled(underWay);
    }
  }
  const into = async (target: Uint8Array, hash = false): Promise<number | undefined> => {
    const windows = [...windowsOf(options)];
    const crcs = windows.map(() => new Crc32c());
    try {
      await forEachConcurrently(windows, options.windowsInFlight, async (window, index) => {
        const room = target.subarray(window.start - options.range.start, window.end - options.range.start);
        await fill(window, room, (piece) => hash && crcs[index]?.update(piece)).catch((error) => {
          // The first failure stops the others.
          end();
          throw error;
        });
      });
    } finally {
      end();
    }
    if (!hash) return undefined;
    return windows.reduce((crc, { start, end }, index) => combineCrc32c(crc, crcs[index]?.value ?? 0, end - start), 0);
  };
  return { body: deliver(), into, cancel: async () => end() };
}

/** Delivers a window as it is filled, and those after it are filled meanwhile. */
async function* inOrder(
  windows: Iterator<Window, void>,
  fill: Fill,
  { range, windowBytes, windowsInFlight, lendChunks }: RangedBodyOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const memoryBytes = Math.min(windowBytes, range.end - range.start);
  const free: Uint8Array[] = [];
  const ahead: FillingWindow[] = [];
  const begin = (): boolean => {
    const { done, value: window } = windows.next();
    if (done === true) return false;
    const memory = free.pop() ?? new Uint8Array(memoryBytes);
    ahead.push(new FillingWindow(memory, (onFilled) => fill(window, memory, onFilled)));
    return true;
  };
  while (ahead.length > 0 || begin()) {
    const window = ahead.shift() as FillingWindow;
    for (let chunk = await window.next(); chunk !== undefined; chunk = await window.next()) {
      yield lendChunks === true ? chunk : chunk.slice();
      while (ahead.length < windowsInFlight - 1 && begin());
    }
    free.push(window.memory);
  }
}

function* windowsOf({ range, first, windowBytes }: RangedBodyOptions): Generator<Window, void, void> {
  if (first !== undefined) yield { start: range.start, end: first.end, opened: first };
  for (let start = first?.end ?? range.start; start < range.end; start += windowBytes) {
    yield { start, end: Math.min(range.end, start + windowBytes) };
  }
}
