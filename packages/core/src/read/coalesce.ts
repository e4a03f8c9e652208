import type { ResolvedRange } from "../range.js";

/** Ranges that lie within `gapBytes` of each other, joined to reads of at most `limitBytes` unless one range is larger. */
export function coalesce(ranges: readonly ResolvedRange[], gapBytes: number, limitBytes: number): ResolvedRange[] {
  const joined: ResolvedRange[] = [];
  const ordered = ranges.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start);
  for (const range of ordered) {
    const last = joined[joined.length - 1];
    const end = Math.max(last?.end ?? 0, range.end);
    if (last !== undefined && range.start - last.end <= gapBytes && end - last.start <= limitBytes) {
      joined[joined.length - 1] = { start: last.start, end };
    } else {
      joined.push(range);
    }
  }
  return joined;
}
