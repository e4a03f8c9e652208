import { readFileSync } from "node:fs";

interface VectorRecipe {
  readonly name: string;
  readonly seed: string;
  readonly size: number;
  readonly blockSize: number;
  readonly dedup: number;
  readonly compress: number;
  readonly sha256: string;
}

interface Vectors {
  readonly mix: readonly { readonly input: string; readonly output: string }[];
  readonly keys: readonly Readonly<Record<"seed" | "h" | "K" | "F" | "A" | "B" | "T1[0]" | "T2[1039]", string>>[];
  readonly objectSeeds: readonly { readonly datasetSeed: string; readonly index: number; readonly seed: string }[];
  readonly objects: readonly (VectorRecipe & { readonly first32: string })[];
  readonly windows: readonly (VectorRecipe & { readonly offset: number; readonly length: number })[];
}

/** The vectors of recipe version 1. They never change: data that was written must verify for ever. */
export const VECTORS: Vectors = JSON.parse(
  readFileSync(new URL("./recipe-v1.vectors.json", import.meta.url), "utf8"),
) as Vectors;
