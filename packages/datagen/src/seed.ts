import { ObjectStoreError } from "@sluice/core";

/** The greatest seed: 2^64 - 1. */
export const MAX_SEED = 0xffffffffffffffffn;

/** Refuses with InvalidArgument what is not a bigint from 0 to 2^64 - 1. */
export function checkSeed(seed: unknown, name: string, operation: string): asserts seed is bigint {
  if (typeof seed === "bigint" && seed >= 0n && seed <= MAX_SEED) return;
  const got = typeof seed === "bigint" ? `${seed}n` : `${typeof seed} ${String(seed)}`;
  throw new ObjectStoreError(
    "InvalidArgument",
    `${operation}: ${name} must be a bigint from 0n to ${MAX_SEED}n (2^64 - 1), got ${got}`,
    { operation },
  );
}

/** A fresh random seed, from the system's source of randomness. */
export function randomSeed(): bigint {
  const [seed = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  return seed;
}
