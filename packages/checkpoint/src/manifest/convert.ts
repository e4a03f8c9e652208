import { codecOfKey } from "@sluice/core";
import type { SaveId } from "../layout/save-id.js";
import type { Manifest, ManifestShard, ShardMeta } from "./manifest.js";
import { type ManifestJson, type ShardJson, WRITER } from "./schema.js";

/** A shard as JSON. `size` is of the object, as s3dlio has it; what compression adds stands in added fields. */
export function shardToJson(meta: ShardMeta): ShardJson {
  const { rank, key, size, storedSize, checksum, storedChecksum, compression, etag } = meta;
  return {
    rank,
    key,
    size: storedSize,
    etag: etag ?? null,
    checksum,
    ...(compression !== undefined && { content_size: size, compression }),
    ...(compression !== undefined && storedChecksum !== undefined && { stored_checksum: storedChecksum }),
  };
}

export function shardFromJson(json: ShardJson): ManifestShard {
  const compression = json.compression ?? codecOfKey(json.key);
  const size = json.content_size ?? (compression === undefined ? json.size : undefined);
  return {
    rank: json.rank,
    key: json.key,
    storedSize: json.size,
    ...(size !== undefined && { size }),
    ...(json.checksum != null && { checksum: json.checksum }),
    ...(json.stored_checksum !== undefined && { storedChecksum: json.stored_checksum }),
    ...(compression !== undefined && { compression }),
    ...(json.etag != null && { etag: json.etag }),
  };
}

export function manifestToJson(manifest: Manifest & { readonly shards: readonly ShardMeta[] }): ManifestJson {
  const { framework, step, epoch, wallTime, worldSize, shards, userMeta, strategy } = manifest;
  return {
    format_version: 1,
    framework,
    global_step: step,
    epoch,
    wall_time: wallTime,
    world_size: worldSize,
    shards: shards.map(shardToJson),
    status: "complete",
    user_meta: userMeta ?? null,
    ...(strategy !== undefined && { strategy }),
    writer: WRITER,
  };
}

/** The manifest of a valid document. */
export function manifestFromJson(json: ManifestJson, { ts }: SaveId): Manifest {
  return {
    step: json.global_step,
    ts,
    framework: json.framework,
    epoch: json.epoch,
    wallTime: json.wall_time,
    worldSize: json.world_size,
    shards: json.shards.map(shardFromJson).sort((a, b) => a.rank - b.rank),
    userMeta: json.user_meta ?? null,
    ...(json.strategy !== undefined && { strategy: json.strategy }),
    isOurs: json.writer === WRITER,
  };
}

/** What is wrong with a document whose fields are well formed; undefined if nothing. */
export function manifestProblem(json: ManifestJson, { step }: SaveId): string | undefined {
  const { global_step: globalStep, world_size: worldSize, shards, status, writer } = json;
  if (status !== "complete") return `the status is ${JSON.stringify(status)}, not "complete"`;
  if (globalStep !== step) return `the manifest of step ${step} says that it is of step ${globalStep}`;
  const ranks = new Set<number>();
  const keys = new Set<string>();
  for (const { rank, key, checksum, compression, content_size: contentSize } of shards) {
    if (ranks.has(rank)) return `rank ${rank} has two shards`;
    if (keys.has(key)) return `rank ${rank} has the shard of another rank`;
    if (rank >= worldSize) return `rank ${rank} is beyond the world size of ${worldSize}`;
    if (writer === WRITER && checksum == null) return `the shard of rank ${rank} has no checksum`;
    if (writer === WRITER && compression !== undefined && contentSize === undefined) {
      return `the compressed shard of rank ${rank} has no content_size`;
    }
    ranks.add(rank);
    keys.add(key);
  }
  if (ranks.size === worldSize) return undefined;
  let missing = 0;
  while (ranks.has(missing)) missing++;
  return `rank ${missing} has no shard (${ranks.size} of ${worldSize} ranks have one)`;
}
