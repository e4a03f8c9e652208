import type { Codec } from "@sluice/core";
import * as v from "valibot";
import { isShardKeyInside } from "../layout/keys.js";
import { TIMESTAMP } from "../layout/save-id.js";
import type { Strategy } from "../layout/strategy.js";

// Format version 1 as s3dlio writes it (its src/checkpoint/manifest.rs and latest.rs); docs/checkpoint-format.md tells the fields.

/** What this package writes into `writer`. */
export const WRITER = "sluice";

/** Ranks are 32-bit in the format. */
export const MAX_RANKS: number = 2 ** 32 - 1;

/** A shard as it stands in a manifest or a record. */
export interface ShardJson {
  rank: number;
  key: string;
  /** Bytes of the object at `key`. */
  size: number;
  etag?: string | null | undefined;
  checksum?: string | null | undefined;
  content_size?: number | undefined;
  stored_checksum?: string | undefined;
  compression?: Codec | undefined;
}

export interface ManifestJson {
  format_version: 1;
  framework: string;
  global_step: number;
  epoch: number;
  wall_time: string;
  world_size: number;
  shards: ShardJson[];
  status: string;
  user_meta?: unknown;
  strategy?: Strategy | undefined;
  writer?: string | undefined;
}

/** The pointer, and a marker. */
export interface LatestJson {
  manifest_key: string;
  global_step: number;
  ts: string;
}

/** What a rank says of its shard. */
export interface RecordJson {
  global_step: number;
  ts: string;
  world_size: number;
  shard: ShardJson;
  /** Of the process that wrote it. */
  incarnation?: string | undefined;
}

/** That a rank's process is at work on its shard, or has found another one in its place. */
export interface ClaimJson {
  global_step: number;
  ts: string;
  incarnation: string;
  conflict: boolean;
}

/** What rank 0 tells the others. */
export interface SaveJson {
  global_step: number;
  ts: string;
  world_size: number;
  strategy: Strategy;
}

type Schema<T> = v.GenericSchema<unknown, T>;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const uint32 = v.pipe(count, v.maxValue(MAX_RANKS));

/** `crc32c:` and 8 hex digits, or the digits alone; read in lower case and with the prefix. */
const checksum = v.pipe(
  v.string(),
  v.regex(/^(?:crc32c:)?[0-9a-fA-F]{8}$/, "a checksum is 8 hex digits, with crc32c: before them or without"),
  v.transform((text) => `crc32c:${text.slice(-8).toLowerCase()}`),
);

const timestampSchema = v.pipe(v.string(), v.regex(TIMESTAMP, "not a timestamp"));

const shardSchema: Schema<ShardJson> = v.object({
  rank: uint32,
  key: v.pipe(v.string(), v.check(isShardKeyInside, "the key leaves the checkpoint's base, or its shards")),
  size: count,
  etag: v.nullish(v.string()),
  checksum: v.nullish(checksum),
  content_size: v.optional(count),
  stored_checksum: v.optional(checksum),
  compression: v.optional(v.picklist(["zstd", "gzip"])),
});

export const manifestSchema: Schema<ManifestJson> = v.object({
  format_version: v.literal(1),
  framework: v.pipe(v.string(), v.nonEmpty()),
  global_step: count,
  epoch: count,
  wall_time: v.string(),
  world_size: v.pipe(uint32, v.minValue(1)),
  shards: v.array(shardSchema),
  status: v.string(),
  user_meta: v.optional(v.unknown()),
  strategy: v.optional(v.picklist(["flat", "round_robin", "binary"])),
  writer: v.optional(v.string()),
});

export const latestSchema: Schema<LatestJson> = v.object({
  manifest_key: v.string(),
  global_step: count,
  ts: timestampSchema,
});

export const recordSchema: Schema<RecordJson> = v.object({
  global_step: count,
  ts: timestampSchema,
  world_size: uint32,
  shard: shardSchema,
  incarnation: v.optional(v.string()),
});

export const claimSchema: Schema<ClaimJson> = v.object({
  global_step: count,
  ts: timestampSchema,
  incarnation: v.string(),
  conflict: v.boolean(),
});

export const saveSchema: Schema<SaveJson> = v.object({
  global_step: count,
  ts: timestampSchema,
  world_size: uint32,
  strategy: v.picklist(["flat", "round_robin", "binary"]),
});
