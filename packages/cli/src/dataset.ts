import type { CompressionOptions } from "@sluice/core";
import { createRecipe, type DatasetSpecJson, deriveObjectSeed, type Recipe, type RecipeJson } from "@sluice/datagen";

/** The manifest's key below the dataset's base. */
export const DATASET_KEY = "dataset.json";

export const DATASET_FORMAT = "sluice-dataset";
export const DATASET_VERSION = 1;

/** The version whose manifest holds a spec from which all names, sizes and bytes follow, and no list of objects. */
export const STRUCTURED_VERSION = 2;

/** The most objects of a manifest that lists them, and so its length. */
export const MAX_OBJECTS = 100_000;

/** Larger than the manifest of a dataset of {@link MAX_OBJECTS}. */
export const MAX_DATASET_BYTES: number = 64 << 20;

/** All there is to know about a dataset: its objects can be made again, and so verified, from this alone. */
export interface Dataset {
  readonly format: typeof DATASET_FORMAT;
  readonly version: typeof DATASET_VERSION;
  /** Of each object alike, but for the seed: object `index` has the one that `deriveObjectSeed(seed, index)` gives. */
  readonly recipe: RecipeJson & { readonly count: number };
  readonly compression: CompressionOptions | "none";
  readonly totals: DatasetTotals;
  /** In the order of their indexes. */
  readonly objects: readonly DatasetObject[];
}

/** A dataset whose objects follow from its spec (docs/datasets.md): any number of them, of any sizes, in folders. */
export interface StructuredDataset {
  readonly format: typeof DATASET_FORMAT;
  readonly version: typeof STRUCTURED_VERSION;
  readonly spec: DatasetSpecJson;
  readonly compression: CompressionOptions | "none";
  readonly totals: DatasetTotals;
}

export interface DatasetTotals {
  readonly objects: number;
  readonly bytes: number;
  readonly storedBytes: number;
}

export interface DatasetObject {
  /** Relative to the manifest's folder. */
  readonly key: string;
  readonly index: number;
  /** Decimal. */
  readonly seed: string;
  readonly size: number;
  readonly storedSize: number;
  readonly checksum: string;
  readonly storedChecksum: string;
}

/** The key of an object, which gains the codec's extension if it is compressed. */
export function objectKey(index: number): string {
  return `object-${String(index).padStart(6, "0")}.bin`;
}

/** The index in a key of a dataset's object; undefined for keys of other objects. */
export function indexOfKey(key: string): number | undefined {
  const [, index] = /^(?:d[0-9]{1,4}\/){0,8}object-([0-9]{6,9})\.bin(?:\.zst|\.gz)?$/.exec(key) ?? [];
  return index === undefined ? undefined : Number(index);
}

/** The recipe of one object of a dataset whose own recipe is `recipe`. */
export function objectRecipe({ seed, size, blockSize, dedup, compress }: Recipe, index: number): Recipe {
  return createRecipe({ seed: deriveObjectSeed(seed, index), size, blockSize, dedup, compress });
}

export function totalsOf(objects: readonly DatasetObject[]): DatasetTotals {
  const sum = (sizeOf: (object: DatasetObject) => number) => objects.reduce((bytes, item) => bytes + sizeOf(item), 0);
  return { objects: objects.length, bytes: sum(({ size }) => size), storedBytes: sum(({ storedSize }) => storedSize) };
}

/** The manifest's text, one object a line; equal for equal datasets. */
export function formatDataset(dataset: Dataset | StructuredDataset): string {
  if (dataset.version === STRUCTURED_VERSION) return `${JSON.stringify(dataset, null, 2)}\n`;
  const { objects, ...rest } = dataset;
  const opening = JSON.stringify(rest, null, 2).slice(0, -2);
  return `${opening},\n  "objects": [\n${objects.map((object) => `    ${JSON.stringify(object)}`).join(",\n")}\n  ]\n}\n`;
}
