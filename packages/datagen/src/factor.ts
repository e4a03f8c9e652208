import { ObjectStoreError } from "@sluice/core";

/** The greatest dedup or compress factor. */
export const MAX_FACTOR = 1000;

/**
 * A dedup or compress factor N:1 as it is kept: 0 becomes 1. InvalidArgument for what is not 0 or a number from 1 to
 * {@link MAX_FACTOR} with at most 3 decimals.
 */
export function checkFactor(value: unknown, name: string, operation: string): number {
  if (value === 0) return 1;
  if (typeof value === "number" && value >= 1 && value <= MAX_FACTOR && Math.round(value * 1000) / 1000 === value) {
    return value;
  }
  throw new ObjectStoreError(
    "InvalidArgument",
    `${operation}: ${name} must be a number from 1 to ${MAX_FACTOR} with at most 3 decimals, or 0 for 1; got ${String(value)}`,
    { operation },
  );
}

/** A factor as the algorithm uses it: a whole number of thousandths. */
export function toMilli(factor: number): number {
  return Math.round(factor * 1000);
}
