import { checkInteger, checkOptions, ObjectStoreError } from "@sluice/core";
import { createRecipe, DEFAULT_BLOCK_BYTES, type Placement } from "../recipe.js";
import { checkSeed, randomSeed } from "../seed.js";
import { checkSizes, type SizeDistribution } from "./size-distribution.js";

/** The most objects of a dataset. */
export const MAX_DATASET_OBJECTS = 100_000_000;
/** The most levels of folders. */
export const MAX_DEPTH = 8;
/** The most folders at the lowest level: depth and fan-out together. */
export const MAX_FOLDERS = 1_000_000;

/** Whether blocks repeat within each object, or across all objects of a dataset. */
export type DedupScope = "object" | "dataset";

/** Fixes the name, the size and every byte of every object of a dataset. */
export interface DatasetSpec {
  /** 0n to 2^64 - 1. */
  readonly seed: bigint;
  /** Objects: 1 to {@link MAX_DATASET_OBJECTS}. */
  readonly count: number;
  readonly sizes: SizeDistribution;
  /** As in a recipe, for every object. */
  readonly blockSize: number;
  readonly dedup: number;
  readonly compress: number;
  readonly placement: Placement;
  readonly dedupScope: DedupScope;
  /** Levels of folders above the objects: 0 to {@link MAX_DEPTH}. */
  readonly depth: number;
  /** Folders in each folder: 1 to 10,000. */
  readonly fanOut: number;
}

/** What a {@link DatasetSpec} is made of; all but `count` and `sizes` have a default. */
export interface DatasetSpecOptions extends Pick<DatasetSpec, "count" | "sizes"> {
  /** Default: a fresh random seed, which the spec then holds. */
  readonly seed?: bigint;
  /** Default 65,536. */
  readonly blockSize?: number;
  /** Default 1. */
  readonly dedup?: number;
  /** Default 1. */
  readonly compress?: number;
  /** Default `far`. */
  readonly placement?: Placement;
  /** Default `object`. */
  readonly dedupScope?: DedupScope;
  /** Default 0: no folders. */
  readonly depth?: number;
  /** Default 10; without `depth` it has no effect. */
  readonly fanOut?: number;
}

/** A spec as JSON can hold it: the seed is a decimal string. */
export type DatasetSpecJson = Omit<DatasetSpec, "seed"> & { readonly seed: string };

const NAMES: readonly string[] = [
  ...["seed", "count", "sizes", "blockSize", "dedup", "compress"],
  ...["placement", "dedupScope", "depth", "fanOut"],
];
const SCOPES: readonly DedupScope[] = ["object", "dataset"];
const MAX_FAN_OUT = 10_000;

/** A spec with all values checked and frozen. InvalidArgument for unknown options and for values outside of their limits. */
export function createDatasetSpec(options: DatasetSpecOptions): DatasetSpec {
  return checkSpec(options, "createDatasetSpec");
}

/** `spec` as plain JSON values; {@link datasetSpecFromJson} gives it back. */
export function datasetSpecToJson(spec: DatasetSpec): DatasetSpecJson {
  const checked = checkSpec(spec, "datasetSpecToJson");
  return { ...checked, seed: checked.seed.toString() };
}

/** The spec in parsed JSON from anywhere. InvalidArgument for what is none: a missing, unknown or wrong field. */
export function datasetSpecFromJson(json: unknown): DatasetSpec {
  const operation = "datasetSpecFromJson";
  checkOptions((json ?? null) as object, NAMES, operation);
  const fields = json as DatasetSpecJson;
  for (const name of NAMES) {
    if (fields[name as keyof DatasetSpecJson] === undefined) throw refusal(operation, `${name} is missing`);
  }
  if (typeof fields.seed !== "string" || !/^(?:0|[1-9][0-9]{0,19})$/.test(fields.seed)) {
    throw refusal(operation, "seed must be a string of decimal digits");
  }
  return checkSpec({ ...fields, seed: BigInt(fields.seed) }, operation);
}

function checkSpec(options: DatasetSpecOptions, operation: string): DatasetSpec {
  checkOptions(options ?? null, NAMES, operation);
  const { seed = randomSeed(), count, depth = 0, fanOut = 10, dedupScope = "object" } = options;
  const { blockSize = DEFAULT_BLOCK_BYTES, dedup = 1, compress = 1, placement = "far" } = options;
  checkSeed(seed, "seed", operation);
  checkInteger(count, "count", 1, MAX_DATASET_OBJECTS, operation);
  const sizes = checkSizes(options.sizes, operation);
  checkInteger(depth, "depth", 0, MAX_DEPTH, operation);
  checkInteger(fanOut, "fanOut", 1, MAX_FAN_OUT, operation);
  if (fanOut ** depth > MAX_FOLDERS) {
    throw refusal(operation, `fanOut ${fanOut} and depth ${depth} give more than ${MAX_FOLDERS} folders`);
  }
  if (!SCOPES.includes(dedupScope)) throw refusal(operation, `dedupScope must be one of ${SCOPES.join(", ")}`);
  const recipe = createRecipe({ size: 0, seed, blockSize, dedup, compress, placement });
  const factors = { dedup: recipe.dedup, compress: recipe.compress };
  return Object.freeze({ seed, count, sizes, blockSize, ...factors, placement, dedupScope, depth, fanOut });
}

function refusal(operation: string, message: string): ObjectStoreError {
  return new ObjectStoreError("InvalidArgument", `${operation}: ${message}`, { operation });
}
