import { mix } from "./reference.js";

/** The seed of tests with random cases; set SLUICE_TEST_SEED to the one a failure names to run it again. */
export const TEST_SEED: number = Number(process.env["SLUICE_TEST_SEED"] ?? Date.now());

/** Whole numbers from 0 up to `limit` (exclusive), the same for the same seed. */
export function randomIntegers(seed: number): (limit: number) => number {
  let counter = BigInt(seed);
  return (limit) => {
    counter += 0x9e3779b97f4a7c15n;
    return Number(mix(counter) % BigInt(limit));
  };
}
