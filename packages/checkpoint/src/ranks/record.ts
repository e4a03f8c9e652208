import { forEachConcurrently, isObjectStoreError, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { rankOfRecordKey, recordKey, recordPrefix } from "../layout/keys.js";
import type { SaveId } from "../layout/save-id.js";
import { shardFromJson, shardToJson } from "../manifest/convert.js";
import { damagedJson, readJson, toJsonText } from "../manifest/json-object.js";
import type { ManifestShard, ShardMeta } from "../manifest/manifest.js";
import { recordSchema } from "../manifest/schema.js";

/** Small objects that are read or looked at at once. */
export const SMALL_READS_IN_FLIGHT = 16;

export interface RecordContext {
  readonly store: ObjectStore;
  readonly id: SaveId;
  readonly worldSize: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Says that a rank's shard is complete. The first record of a rank stands: where another process wrote one with other bytes,
 * AlreadyExists.
 */
export async function writeRecord(
  { store, id, worldSize, signal }: RecordContext,
  meta: ShardMeta,
): Promise<ShardMeta> {
  const text = toJsonText({ global_step: id.step, ts: id.ts, world_size: worldSize, shard: shardToJson(meta) });
  const condition = store.capabilities.ifNotExists ? { ifNotExists: true } : {};
  try {
    await store.put(recordKey(id, meta.rank), text, { ...condition, ...(signal !== undefined && { signal }) });
    return meta;
  } catch (error) {
    if (!isObjectStoreError(error, "AlreadyExists")) throw error;
    const first = await readRecord({ store, id, worldSize, signal }, meta.rank);
    if (first !== undefined && isSameShard(first, meta)) return meta;
    throw new ObjectStoreError(
      "AlreadyExists",
      `another process has saved the shard of rank ${meta.rank} of step ${id.step}, with other bytes`,
      { operation: "finalizeShard", uri: store.uriOf(meta.key), cause: error },
    );
  }
}

/** A rank's record; undefined if it has none. ChecksumMismatch if it is of another save, rank or world size. */
export async function readRecord(
  { store, id, worldSize, signal }: RecordContext,
  rank: number,
): Promise<ShardMeta | undefined> {
  const key = recordKey(id, rank);
  try {
    const { value, info } = await readJson(store, key, recordSchema, signal);
    const isOfThisSave = value.global_step === id.step && value.ts === id.ts && value.world_size === worldSize;
    if (!isOfThisSave || value.shard.rank !== rank) throw damagedJson(info.uri, "is the record of another shard");
    const shard = shardFromJson(value.shard);
    if (!isComplete(shard)) throw damagedJson(info.uri, "has no checksum");
    return shard;
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return undefined;
    throw error;
  }
}

/** The ranks that have a record. */
export async function listRecords({ store, id, signal }: RecordContext): Promise<Set<number>> {
  const ranks = new Set<number>();
  for await (const entry of store.list({ prefix: recordPrefix(id), ...(signal !== undefined && { signal }) })) {
    const rank = entry.kind === "object" ? rankOfRecordKey(entry.key) : undefined;
    if (rank !== undefined) ranks.add(rank);
  }
  return ranks;
}

/** The records of all ranks, by rank; undefined if one went away meanwhile. */
export async function readRecords(context: RecordContext): Promise<ShardMeta[] | undefined> {
  const metas: ShardMeta[] = [];
  const ranks = Array.from({ length: context.worldSize }, (_, rank) => rank);
  await forEachConcurrently(ranks, SMALL_READS_IN_FLIGHT, async (rank) => {
    const meta = await readRecord(context, rank);
    if (meta !== undefined) metas.push(meta);
  });
  return metas.length === context.worldSize ? metas.sort((a, b) => a.rank - b.rank) : undefined;
}

/** Whether both are the same bytes under the same key. */
export function isSameShard(first: ManifestShard, second: ManifestShard): boolean {
  return (["rank", "key", "size", "storedSize", "checksum"] as const).every((name) => first[name] === second[name]);
}

function isComplete(shard: ManifestShard): shard is ShardMeta {
  return shard.size !== undefined && shard.checksum !== undefined;
}
