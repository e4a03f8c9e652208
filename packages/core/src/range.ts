import { ObjectStoreError } from "./errors.js";

/** Bytes `start` up to `end` (exclusive; to the object's end if absent), or the last `suffix` bytes. */
export type ByteRange = { readonly start: number; readonly end?: number } | { readonly suffix: number };

/** A range within an object: `0 <= start <= end <= size`, `end` exclusive. */
export interface ResolvedRange {
  readonly start: number;
  readonly end: number;
}

/** Refuses with InvalidArgument what is not a range: fractions, negatives, an end before the start. */
export function checkRange(range: ByteRange, operation: string): void {
  const { start, end, suffix } = range as { start?: unknown; end?: unknown; suffix?: unknown };
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const valid =
    suffix === undefined
      ? isCount(start) && (end === undefined || (isCount(end) && (end as number) >= (start as number)))
      : isCount(suffix) && start === undefined && end === undefined;
  if (!valid) {
    throw new ObjectStoreError(
      "InvalidArgument",
      `range must be { start, end? } with 0 <= start <= end, or { suffix }; got ${JSON.stringify(range)}`,
      { operation },
    );
  }
}

/** Clamps a range to an object of `size` bytes; one that lies past the end becomes empty. */
export function resolveRange(range: ByteRange | undefined, size: number): ResolvedRange {
  if (range === undefined) return { start: 0, end: size };
  if ("suffix" in range) return { start: Math.max(0, size - range.suffix), end: size };
  const start = Math.min(range.start, size);
  return { start, end: Math.min(range.end ?? size, size) };
}
