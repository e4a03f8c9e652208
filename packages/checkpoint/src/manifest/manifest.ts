import type { Codec } from "@sluice/core";
import type { SaveId } from "../layout/save-id.js";
import type { Strategy } from "../layout/strategy.js";

/** One rank's shard, as its writer knows it. */
export interface ShardMeta {
  readonly rank: number;
  /** Relative to the checkpoint's base, with the codec's extension. */
  readonly key: string;
  /** Content bytes, before compression. */
  readonly size: number;
  /** Bytes in the store; equals `size` without compression. */
  readonly storedSize: number;
  /** CRC-32C of the content. */
  readonly checksum: string;
  /** CRC-32C of the stored bytes; given for compressed shards, where it differs from `checksum`. */
  readonly storedChecksum?: string;
  readonly compression?: Codec;
  readonly etag?: string;
}

/** A shard as a manifest names it. Of other programs' manifests, some facts may be absent. */
export interface ManifestShard extends Omit<ShardMeta, "size" | "checksum"> {
  /** Content bytes; absent for a compressed shard of a program that does not tell. */
  readonly size?: number;
  /** CRC-32C of the content; absent only in the manifests of other programs. */
  readonly checksum?: string;
}

/** What a checkpoint is made of. */
export interface Manifest extends SaveId {
  readonly framework: string;
  readonly epoch: number;
  /** When it was committed, as RFC 3339. */
  readonly wallTime: string;
  readonly worldSize: number;
  /** By rank; every rank from 0 has one. */
  readonly shards: readonly ManifestShard[];
  /** Whatever the caller gave, as JSON; null if nothing. */
  readonly userMeta: unknown;
  /** Absent in the manifests of other programs. */
  readonly strategy?: Strategy;
  /** Whether this package wrote it: then every shard has a CRC-32C. */
  readonly isOurs: boolean;
}
