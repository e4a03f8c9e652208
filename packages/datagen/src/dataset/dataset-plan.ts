import { checkInteger, ObjectStoreError } from "@sluice/core";
import { GOLDEN, mix } from "../mix.js";
import { deriveObjectSeed } from "../object-seed.js";
import type { RecipeScope, RecipeV2 } from "../recipe.js";
import { createDatasetSpec, type DatasetSpec } from "./dataset-spec.js";
import { objectKeyOf } from "./object-key.js";
import { sizeAt } from "./size-distribution.js";

/** One object of a dataset, before it is written. */
export interface PlannedObject {
  readonly index: number;
  /** Relative to the dataset, without a codec's extension. */
  readonly key: string;
  /** Fixes its size and every byte. */
  readonly recipe: RecipeV2;
}

/** "sizes" in ASCII. */
const SIZES_OFFSET = 0x73697a6573n;

/**
 * The objects of a dataset, one after the other: none is held, so a plan of a hundred million takes no more memory than one of
 * ten. Every value follows from the spec alone (docs/datasets.md).
 */
export class DatasetPlan {
  readonly spec: DatasetSpec;
  readonly #sizeKey: bigint;
  #totals: { readonly bytes: number; readonly blocks: number } | undefined;

  /** InvalidArgument for a spec with a value outside of its limits. */
  constructor(spec: DatasetSpec) {
    this.spec = createDatasetSpec(spec);
    this.#sizeKey = mix(this.spec.seed + SIZES_OFFSET);
  }

  get count(): number {
    return this.spec.count;
  }

  /** Bytes of all objects. The first call draws all sizes; InvalidArgument if they come to 2^53 or more. */
  get bytes(): number {
    return this.#sum().bytes;
  }

  /** The size of an object. */
  sizeOf(index: number): number {
    checkInteger(index, "index", 0, this.count - 1, "sizeOf");
    if (this.spec.sizes.kind === "fixed") return this.spec.sizes.bytes;
    const word = mix(this.#sizeKey + (BigInt(index) + 1n) * GOLDEN);
    // 52 bits and a half step, so that neither 0 nor 1 is drawn.
    return sizeAt(this.spec.sizes, (Number(word >> 12n) + 0.5) / 2 ** 52);
  }

  /** The name of an object. */
  keyOf(index: number): string {
    checkInteger(index, "index", 0, this.count - 1, "keyOf");
    return objectKeyOf(this.spec, index);
  }

  /** All objects in the order of their indexes, made one by one as they are asked for. */
  *objects(): Generator<PlannedObject, void, void> {
    const { seed, blockSize, dedup, compress, placement, dedupScope } = this.spec;
    const fields = { version: 2, blockSize, dedup, compress, placement } as const;
    const blocks = dedupScope === "dataset" ? this.#sum().blocks : 0;
    let firstBlock = 0;
    for (let index = 0; index < this.count; index++) {
      const size = this.sizeOf(index);
      const own: { readonly seed: bigint; readonly scope?: RecipeScope } =
        dedupScope === "object"
          ? { seed: deriveObjectSeed(seed, index) }
          : { seed, scope: { blocks, firstBlock, index } };
      yield { index, key: objectKeyOf(this.spec, index), recipe: { ...fields, ...own, size } };
      firstBlock += Math.floor(size / blockSize);
    }
  }

  #sum(): { readonly bytes: number; readonly blocks: number } {
    if (this.#totals !== undefined) return this.#totals;
    let bytes = 0;
    let blocks = 0;
    for (let index = 0; index < this.count; index++) {
      const size = this.sizeOf(index);
      bytes += size;
      blocks += Math.floor(size / this.spec.blockSize);
      if (bytes > Number.MAX_SAFE_INTEGER) {
        const message = "the objects of the dataset would have 2^53 bytes or more";
        throw new ObjectStoreError("InvalidArgument", `DatasetPlan: ${message}`, { operation: "DatasetPlan" });
      }
    }
    this.#totals = { bytes, blocks };
    return this.#totals;
  }
}
