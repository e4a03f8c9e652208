import type { DriverObject, DriverRead, DriverReadOptions } from "../driver.js";
import { ObjectStoreError } from "../errors.js";
import { type ByteRange, type ResolvedRange, resolveRange } from "../range.js";
import type { TransferOptions } from "../transfer-options.js";
import { beginningOf, type OpenedRange } from "./opened-range.js";
import { rangedBody } from "./ranged-body.js";

/** Which version is read, and what stops the request. */
export interface ReadPin {
  readonly ifMatch?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The answer to a ranged request: its body, whose it is, and which of its bytes come. */
export interface OpenedObject extends OpenedRange, ResolvedRange {
  readonly object: DriverObject;
}

/** One remote object, as a store that answers ranged requests has it. */
export interface RangedSource {
  head(pin: ReadPin): Promise<DriverObject>;
  /** One ranged request; undefined if no byte lies in the range. */
  get(range: ResolvedRange, pin: ReadPin): Promise<OpenedObject | undefined>;
  /** The same for the last `bytes`, where the store can be asked for them before the size is known. */
  getLast?(bytes: number, pin: ReadPin): Promise<OpenedObject | undefined>;
  /**
   * The whole object in one answer, where such an answer tells the `storedChecksum` and those to ranges do not; undefined where
   * it can't be used.
   */
  getWhole?(pin: ReadPin): Promise<WholeObject | undefined>;
}

/** The answer to a request of the whole object. */
export interface WholeObject extends OpenedObject {
  /** Whether the server says that it answers ranged requests too. */
  readonly takesRanges: boolean;
}

export type RangedReadLimits = Required<Omit<TransferOptions, "partBytes" | "partsInFlight">>;

/**
 * Opens an object by asking for its first window, which tells its size and version; the windows after it are read ahead,
 * pinned to that version. What an empty or a shorter object can't answer, `head` tells.
 */
export async function readByRanges(
  source: RangedSource,
  options: DriverReadOptions,
  limits: RangedReadLimits,
): Promise<DriverRead> {
  const { range, lendChunks, signal } = options;
  const { readWindowBytes } = limits;
  const first =
    (await firstOfWhole(source, options, readWindowBytes)) ?? (await firstWindow(source, options, readWindowBytes));
  if (first === undefined) return readAfterHead(source, options, limits);
  const { object } = first;
  const resolved = resolveRange(range, object.size);
  if (first.start !== resolved.start || object.etag === "") {
    first.cancel();
    throw object.etag === "" ? noVersion() : wrongRange();
  }
  const open = async (window: ResolvedRange, stop: AbortSignal): Promise<OpenedRange> => {
    const opened = await source.get(window, { ifMatch: object.etag, signal: stop });
    if (opened === undefined) throw new ObjectStoreError("PreconditionFailed", "the object is shorter than it was");
    // Some servers ignore If-Match without a word.
    const isPinned = opened.object.etag === object.etag && opened.object.size === object.size;
    if (isPinned && opened.start === window.start) return opened;
    opened.cancel();
    throw isPinned ? wrongRange() : new ObjectStoreError("PreconditionFailed", "the object changed while it was read");
  };
  const body = rangedBody(open, {
    range: resolved,
    first: { ...first, end: Math.min(first.end, resolved.end) },
    windowBytes: limits.readWindowBytes,
    windowsInFlight: limits.readWindowsInFlight,
    resumes: limits.resumes,
    idleTimeoutMs: limits.idleTimeoutMs,
    lendChunks,
    signal,
  });
  return { object, range: resolved, ...body };
}

/** What no ranged request can tell: an empty object, a range past the end, last bytes that are more than a window. */
async function readAfterHead(
  source: RangedSource,
  options: DriverReadOptions,
  limits: RangedReadLimits,
): Promise<DriverRead> {
  const { range } = options;
  const object = await source.head(options);
  const resolved = resolveRange(range, object.size);
  if (resolved.start === resolved.end) {
    return { object, range: resolved, body: nothing(), cancel: async () => undefined };
  }
  if (range === undefined || !("suffix" in range)) {
    throw new ObjectStoreError("Unavailable", "the object changed while it was opened");
  }
  return readByRanges(source, { ...options, range: resolved, ifMatch: object.etag }, limits);
}

/**
 * The first window of an object that is read whole and compared: it comes with the checksum, and what comes behind it is not
 * waited for.
 */
async function firstOfWhole(
  source: RangedSource,
  { range, wantsChecksum, ...pin }: DriverReadOptions,
  windowBytes: number,
): Promise<OpenedObject | undefined> {
  const isWhole = range === undefined || ("start" in range && range.start === 0 && range.end === undefined);
  const whole = isWhole && wantsChecksum === true ? await source.getWhole?.(pin) : undefined;
  if (whole === undefined || !whole.takesRanges || whole.end <= windowBytes) return whole;
  return { ...whole, ...beginningOf(whole, windowBytes), end: windowBytes };
}

/** The bytes to ask for first; undefined where the size has to be known before. */
async function firstWindow(
  source: RangedSource,
  options: DriverReadOptions,
  windowBytes: number,
): Promise<OpenedObject | undefined> {
  const range: ByteRange = options.range ?? { start: 0 };
  if ("suffix" in range) {
    const { suffix } = range;
    return suffix > 0 && suffix <= windowBytes ? source.getLast?.(suffix, options) : undefined;
  }
  const { start } = range;
  const end = Math.min(range.end ?? Number.MAX_SAFE_INTEGER, start + windowBytes);
  return end > start ? source.get({ start, end }, options) : undefined;
}

function wrongRange(): ObjectStoreError {
  return new ObjectStoreError("Unsupported", "the server did not send the range that it was asked for");
}

function noVersion(): ObjectStoreError {
  return new ObjectStoreError("Unavailable", "the answer does not say which version of the object it brings");
}

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {}
