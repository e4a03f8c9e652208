import type { CompressionOptions } from "@sluice/core";
import type { Recipe } from "@sluice/datagen";
import { objectKey, objectRecipe } from "./dataset.js";

/** The objects of a dataset as they were planned, whichever version its manifest has; a `DatasetPlan` is one. */
export interface DatasetContent {
  readonly count: number;
  /** Of all objects. */
  readonly bytes: number;
  /** Without a codec's extension. */
  keyOf(index: number): string;
  /** In the order of their indexes, made as they are asked for. */
  objects(): Iterable<ContentObject>;
}

export interface ContentObject {
  readonly index: number;
  /** Without a codec's extension. */
  readonly key: string;
  readonly recipe: Recipe;
}

/** `count` objects that differ in nothing but their seeds. */
export function uniformContent(recipe: Recipe, count: number): DatasetContent {
  return {
    count,
    bytes: recipe.size * count,
    keyOf: objectKey,
    *objects() {
      for (let index = 0; index < count; index++) {
        yield { index, key: objectKey(index), recipe: objectRecipe(recipe, index) };
      }
    },
  };
}

/** What the keys of a dataset gain. */
export function extensionOf(compression: CompressionOptions | "none"): "" | ".zst" | ".gz" {
  if (compression === "none") return "";
  return compression.codec === "zstd" ? ".zst" : ".gz";
}
