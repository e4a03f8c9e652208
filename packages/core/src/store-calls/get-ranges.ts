import { checkInteger, checkOptions } from "../options.js";
import { type ByteRange, checkRange, type ResolvedRange, resolveRange } from "../range.js";
import { readRanges } from "../read/read-ranges.js";
import { collect } from "../read/stored-object.js";
import type { GetOptions, GetRangeOptions, GetRangesOptions } from "../store.js";
import type { StoreContext } from "./context.js";
import { codecFor, getObject } from "./get-object.js";

const DEFAULT_COALESCE_GAP_BYTES = 64 << 10;

export async function getOneRange(
  context: StoreContext,
  key: string,
  range: ByteRange,
  options: GetRangeOptions,
): Promise<Uint8Array> {
  checkOptions(options, ["decode", "ifMatch", "signal"], "getRange");
  checkRange(range, "getRange");
  return (await getObject(context, key, { ...options, range, lendChunks: true })).bytes();
}

/** Many ranges of one version: the etag of the first answer holds for all reads. */
export async function getManyRanges(
  context: StoreContext,
  key: string,
  ranges: readonly ByteRange[],
  options: GetRangesOptions,
): Promise<Uint8Array[]> {
  checkOptions(options, ["decode", "ifMatch", "coalesceGapBytes", "signal"], "getRanges");
  const { coalesceGapBytes: gapBytes = DEFAULT_COALESCE_GAP_BYTES, ...getOptions } = options;
  checkInteger(gapBytes, "coalesceGapBytes", 0, Number.MAX_SAFE_INTEGER, "getRanges");
  for (const range of ranges) checkRange(range, "getRanges");
  const { etag, contentBytes } = await pin(context, key, ranges, getOptions);
  const resolved = ranges.map((range) => resolveRange(range, contentBytes));
  const read = async (range: ResolvedRange) => {
    const object = await getObject(context, key, { ...getOptions, ifMatch: etag, range, lendChunks: true });
    return collect(object, range.end - range.start);
  };
  return readRanges(resolved, gapBytes, read);
}

/** The version that is read, and how long it is as far as the ranges need to know. */
async function pin(
  context: StoreContext,
  key: string,
  ranges: readonly ByteRange[],
  options: GetOptions,
): Promise<{ etag: string; contentBytes: number }> {
  const needsContentBytes = codecFor(key, options.decode, "getRanges") !== undefined && ranges.length > 0;
  const object = await getObject(context, key, {
    ...options,
    range: needsContentBytes ? { suffix: 0 } : { start: 0, end: 0 },
  });
  const contentBytes = needsContentBytes ? (object.range?.end ?? 0) : object.info.size;
  // A range behind the content reads nothing: that the content ends before it is proven by reading the end.
  if (needsContentBytes && ranges.some((range) => isBehind(range, contentBytes))) await object.bytes();
  else await object.cancel();
  return { etag: object.info.etag, contentBytes };
}

function isBehind(range: ByteRange, contentBytes: number): boolean {
  return "start" in range && range.start >= contentBytes && range.end !== range.start;
}
