import { checkInteger, checkOptions, ObjectStoreError } from "@sluice/core";
import { exactExp, normalQuantile } from "./exact-math.js";

/** How large the objects of a dataset are. Sizes are whole bytes. */
export type SizeDistribution =
  /** All alike. */
  | { readonly kind: "fixed"; readonly bytes: number }
  /** Every size from `minBytes` to `maxBytes` alike. */
  | { readonly kind: "uniform"; readonly minBytes: number; readonly maxBytes: number }
  /** Half of the objects below `medianBytes`; `sigma` is the deviation of the size's natural logarithm. Larger ones are cut to `maxBytes`. */
  | { readonly kind: "lognormal"; readonly medianBytes: number; readonly sigma: number; readonly maxBytes: number }
  /** A bucket is drawn by its weight, and a size of it uniformly. */
  | { readonly kind: "histogram"; readonly buckets: readonly SizeBucket[] };

/** Sizes from `minBytes` to `maxBytes`, drawn as often as `weight` says among the weights of all buckets. */
export interface SizeBucket {
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly weight: number;
}

/** The most buckets of a histogram. */
export const MAX_BUCKETS = 1000;
/** Sigma above it gives sizes of no use: nine in ten objects are below 1/50,000 or above 50,000 times the median at 8. */
const MAX_SIGMA = 8;
const MAX_WEIGHT = 1e12;

const FIELDS: Readonly<Record<SizeDistribution["kind"], readonly string[]>> = {
  fixed: ["kind", "bytes"],
  uniform: ["kind", "minBytes", "maxBytes"],
  lognormal: ["kind", "medianBytes", "sigma", "maxBytes"],
  histogram: ["kind", "buckets"],
};

/** `sizes` with its values checked and frozen. InvalidArgument names the field that is wrong. */
export function checkSizes(sizes: SizeDistribution, operation: string): SizeDistribution {
  const fields = Object.hasOwn(FIELDS, String(sizes?.kind)) ? FIELDS[sizes.kind] : undefined;
  if (fields === undefined) throw refusal(operation, `sizes.kind must be one of ${Object.keys(FIELDS).join(", ")}`);
  checkOptions(sizes, fields, operation);
  switch (sizes.kind) {
    case "fixed":
      checkBytes(sizes.bytes, "sizes.bytes", 0, operation);
      return Object.freeze({ kind: "fixed", bytes: sizes.bytes });
    case "uniform":
      checkBytes(sizes.minBytes, "sizes.minBytes", 0, operation);
      checkBytes(sizes.maxBytes, "sizes.maxBytes", sizes.minBytes, operation);
      return Object.freeze({ kind: "uniform", minBytes: sizes.minBytes, maxBytes: sizes.maxBytes });
    case "lognormal":
      checkBytes(sizes.medianBytes, "sizes.medianBytes", 1, operation);
      checkBytes(sizes.maxBytes, "sizes.maxBytes", sizes.medianBytes, operation);
      checkNumber(sizes.sigma, "sizes.sigma", MAX_SIGMA, operation);
      return Object.freeze({ ...sizes });
    case "histogram":
      return Object.freeze({ kind: "histogram", buckets: checkBuckets(sizes.buckets, operation) });
  }
}

/** The size at quantile `u`, 0 < u < 1: a function of its arguments on every machine, to the byte. */
export function sizeAt(sizes: SizeDistribution, u: number): number {
  switch (sizes.kind) {
    case "fixed":
      return sizes.bytes;
    case "uniform":
      return within(sizes, u);
    case "lognormal": {
      const bytes = sizes.medianBytes * exactExp(sizes.sigma * normalQuantile(u));
      return Math.min(Math.floor(bytes + 0.5), sizes.maxBytes);
    }
    case "histogram":
      return fromBuckets(sizes.buckets, u);
  }
}

function fromBuckets(buckets: readonly SizeBucket[], u: number): number {
  let left = u * buckets.reduce((sum, { weight }) => sum + weight, 0);
  for (const bucket of buckets) {
    if (left < bucket.weight) return within(bucket, left / bucket.weight);
    left -= bucket.weight;
  }
  // Rounding may leave a last bit over.
  return (buckets.at(-1) as SizeBucket).maxBytes;
}

function within({ minBytes, maxBytes }: { readonly minBytes: number; readonly maxBytes: number }, u: number): number {
  return Math.min(minBytes + Math.floor(u * (maxBytes - minBytes + 1)), maxBytes);
}

function checkBuckets(buckets: readonly SizeBucket[], operation: string): readonly SizeBucket[] {
  if (!Array.isArray(buckets) || buckets.length === 0 || buckets.length > MAX_BUCKETS) {
    throw refusal(operation, `sizes.buckets must be a list of 1 to ${MAX_BUCKETS} buckets`);
  }
  return Object.freeze(
    buckets.map((bucket: SizeBucket, index) => {
      const name = `sizes.buckets[${index}]`;
      checkOptions(bucket, ["minBytes", "maxBytes", "weight"], operation);
      const { minBytes, maxBytes, weight } = bucket;
      checkBytes(minBytes, `${name}.minBytes`, 0, operation);
      checkBytes(maxBytes, `${name}.maxBytes`, minBytes, operation);
      checkNumber(weight, `${name}.weight`, MAX_WEIGHT, operation);
      return Object.freeze({ minBytes, maxBytes, weight });
    }),
  );
}

function checkBytes(value: number, name: string, minimum: number, operation: string): void {
  checkInteger(value, name, minimum, Number.MAX_SAFE_INTEGER, operation);
}

/** Refuses what is not above 0 and at most `maximum`. */
function checkNumber(value: number, name: string, maximum: number, operation: string): void {
  if (typeof value === "number" && value > 0 && value <= maximum) return;
  throw refusal(operation, `${name} must be a number above 0, at most ${maximum}, got ${String(value)}`);
}

function refusal(operation: string, message: string): ObjectStoreError {
  return new ObjectStoreError("InvalidArgument", `${operation}: ${message}`, { operation });
}
