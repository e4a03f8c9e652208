import { checkInteger } from "@sluice/core";
import { GOLDEN, mix } from "./mix.js";
import { checkSeed } from "./seed.js";

/** "dataset" in ASCII. */
const DATASET_OFFSET = 0x64617461736574n;

/**
 * The seed of object number `index` of a dataset: fixed for ever (docs/recipe-v1.md), different for every index, so the
 * objects of a dataset share no blocks and can be made in any order by any number of workers.
 */
export function deriveObjectSeed(datasetSeed: bigint, index: number): bigint {
  checkSeed(datasetSeed, "datasetSeed", "deriveObjectSeed");
  checkInteger(index, "index", 0, Number.MAX_SAFE_INTEGER, "deriveObjectSeed");
  return mix(mix(datasetSeed + DATASET_OFFSET) + (BigInt(index) + 1n) * GOLDEN);
}
