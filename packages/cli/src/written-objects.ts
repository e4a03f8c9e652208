import { createHash } from "node:crypto";
import type { CompressionOptions, WriteResult } from "@sluice/core";
import { type DatasetObject, type DatasetTotals, indexOfKey } from "./dataset.js";
import { type DatasetContent, extensionOf } from "./dataset-content.js";

/** What a run has written: one bit an object, and the facts of each only where they are listed. */
export class WrittenObjects {
  readonly #content: DatasetContent;
  readonly #bits: Uint8Array;
  readonly #listed: Map<number, DatasetObject> | undefined;
  #objects = 0;
  #bytes = 0;
  #storedBytes = 0;
  #compression: CompressionOptions | "none" = "none";
  /** Of the versions written; the same in any order. */
  #versions = 0n;

  constructor(content: DatasetContent, listsObjects: boolean) {
    this.#content = content;
    this.#bits = new Uint8Array(Math.ceil(content.count / 8));
    this.#listed = listsObjects ? new Map() : undefined;
  }

  get compression(): CompressionOptions | "none" {
    return this.#compression;
  }

  get totals(): DatasetTotals {
    return { objects: this.#objects, bytes: this.#bytes, storedBytes: this.#storedBytes };
  }

  add(index: number, seed: bigint, result: WriteResult): void {
    const { key, compression, size, storedSize, checksum, storedChecksum, etag = "" } = result;
    this.#bits[index >>> 3] = (this.#bits[index >>> 3] as number) | (1 << (index & 7));
    this.#compression = compression;
    this.#objects++;
    this.#versions += hashOf(key, etag);
    this.#bytes += size;
    this.#storedBytes += storedSize;
    const facts = { size, storedSize, checksum, storedChecksum };
    this.#listed?.set(index, { key, index, seed: seed.toString(), ...facts });
  }

  /** The stored keys, in the order of their indexes. */
  *keys(): Generator<string, void, void> {
    const extension = extensionOf(this.#compression);
    for (let index = 0; index < this.#content.count; index++) {
      if (((this.#bits[index >>> 3] as number) >> (index & 7)) & 1) yield this.#content.keyOf(index) + extension;
    }
  }

  /** Whether what a store lists of the dataset is what was written, each object in the same version. */
  async areListed(listing: AsyncIterable<{ readonly key: string; readonly etag: string }>): Promise<boolean> {
    const extension = extensionOf(this.#compression);
    let objects = 0;
    let versions = 0n;
    for await (const { key, etag } of listing) {
      const index = indexOfKey(key);
      if (index === undefined || index >= this.#content.count) continue;
      if (this.#content.keyOf(index) + extension !== key) continue;
      objects++;
      versions += hashOf(key, etag);
    }
    return objects === this.#objects && BigInt.asUintN(64, versions - this.#versions) === 0n;
  }

  /** In the order of their indexes; none where they are not listed. */
  list(): readonly DatasetObject[] {
    return [...(this.#listed?.values() ?? [])].sort((first, second) => first.index - second.index);
  }
}

function hashOf(key: string, etag: string): bigint {
  return createHash("sha256").update(`${key}\0${etag}`).digest().readBigUInt64BE();
}
