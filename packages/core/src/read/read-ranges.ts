import { forEachConcurrently } from "../concurrency.js";
import type { ResolvedRange } from "../range.js";
import { coalesce } from "./coalesce.js";

/** The most bytes one coalesced read fetches, unless a single range is larger. */
const COALESCED_LIMIT_BYTES = 16 << 20;

/** Reads of one call that are under way at once. */
const READS_IN_FLIGHT = 4;

/** The bytes of each range, in order; `read` is called for ranges that have been joined. */
export async function readRanges(
  ranges: readonly ResolvedRange[],
  gapBytes: number,
  read: (range: ResolvedRange) => Promise<Uint8Array>,
): Promise<Uint8Array[]> {
  const results = ranges.map(() => new Uint8Array(0));
  await forEachConcurrently(coalesce(ranges, gapBytes, COALESCED_LIMIT_BYTES), READS_IN_FLIGHT, async (joined) => {
    const bytes = await read(joined);
    for (const [index, range] of ranges.entries()) {
      if (range.start < range.end && range.start >= joined.start && range.end <= joined.end) {
        results[index] = bytes.slice(range.start - joined.start, range.end - joined.start);
      }
    }
  });
  return results;
}
