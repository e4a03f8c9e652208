import { forEachConcurrently, isObjectStoreError } from "@sluice/core";
import { rankOfRecordKey, recordKey, recordPrefix } from "../layout/keys.js";
import { shardFromJson, shardToJson } from "../manifest/convert.js";
import { damagedJson, readJson, toJsonText } from "../manifest/json-object.js";
import type { ManifestShard, ShardMeta } from "../manifest/manifest.js";
import { recordSchema } from "../manifest/schema.js";
import { readClaim } from "./claim.js";
import { pollUntil } from "./poll.js";
import { callOf, type SaveContext } from "./save-context.js";

/** Small objects that are read or looked at at once. */
export const SMALL_READS_IN_FLIGHT = 16;

/** What a rank says of its shard. */
export interface RankRecord {
  readonly shard: ShardMeta;
  /** Of the process that wrote it; absent in records of older versions. */
  readonly incarnation: string | undefined;
}

/** While records go away between two looks, the record is written again so often. */
const MAX_TRIES = 8;

/**
 * Says that a rank's shard is complete. The first record of a rank stands: resolves with its shard, which is `meta` unless another
 * process was first.
 */
export async function writeRecord(context: SaveContext, meta: ShardMeta): Promise<ShardMeta> {
  const { store, id, worldSize, incarnation } = context;
  const key = recordKey(id, meta.rank);
  const shard = shardToJson(meta);
  const text = toJsonText({ global_step: id.step, ts: id.ts, world_size: worldSize, shard, incarnation });
  if (!store.capabilities.ifNotExists) return writeInTurn(context, meta, text);
  for (let tries = 1; ; tries++) {
    try {
      await store.put(key, text, { ...callOf(context), ifNotExists: true });
      return meta;
    } catch (error) {
      if (!isObjectStoreError(error, "AlreadyExists") || tries === MAX_TRIES) throw error;
      const first = await readRecord(context, meta.rank);
      if (first !== undefined) return first.shard;
    }
  }
}

/**
 * Where the store can't create if absent, claims take turns: of two processes of a rank the one that began later writes the record, and the
 * other one waits for it. Only two that begin within moments of each other are not told apart.
 */
async function writeInTurn(context: SaveContext, meta: ShardMeta, text: string): Promise<ShardMeta> {
  const { store, id, incarnation, deadlineMs, signal } = context;
  const { rank } = meta;
  return pollUntil(
    async () => {
      // The claim first: whoever has taken it back has written the record.
      const claim = await readClaim(context, rank);
      const first = await readRecord(context, rank);
      if (first !== undefined) return first.shard;
      if (claim !== undefined && claim.incarnation !== incarnation) return undefined;
      await store.put(recordKey(id, rank), text, callOf(context));
      return meta;
    },
    {
      ...{ operation: "save", deadlineMs, signal },
      waitedFor: () =>
        `${context.who}; another process of rank ${rank} has begun to save step ${id.step}, and not ended`,
    },
  );
}

/** A rank's record; undefined if it has none. ChecksumMismatch if it is of another save, rank or world size. */
export async function readRecord(context: SaveContext, rank: number): Promise<RankRecord | undefined> {
  const { store, id, worldSize, signal } = context;
  try {
    const { value, info } = await readJson(store, recordKey(id, rank), recordSchema, signal);
    const isOfThisSave = value.global_step === id.step && value.ts === id.ts && value.world_size === worldSize;
    if (!isOfThisSave || value.shard.rank !== rank) throw damagedJson(info.uri, "is the record of another shard");
    const shard = shardFromJson(value.shard);
    if (!isComplete(shard)) throw damagedJson(info.uri, "has no checksum");
    return { shard, incarnation: value.incarnation };
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return undefined;
    throw error;
  }
}

/** The ranks that have a record, and those whose process has told that it is at work. */
export async function listRecords(context: SaveContext): Promise<{ recorded: Set<number>; claimed: Set<number> }> {
  const { store, id } = context;
  const ranks = { recorded: new Set<number>(), claimed: new Set<number>() };
  for await (const entry of store.list({ prefix: recordPrefix(id), ...callOf(context) })) {
    const found = entry.kind === "object" ? rankOfRecordKey(entry.key) : undefined;
    if (found !== undefined) ranks[found.isClaim ? "claimed" : "recorded"].add(found.rank);
  }
  return ranks;
}

/** The records of all ranks, by rank; undefined if one went away meanwhile. */
export async function readRecords(context: SaveContext): Promise<RankRecord[] | undefined> {
  const records: RankRecord[] = [];
  const ranks = Array.from({ length: context.worldSize }, (_, rank) => rank);
  await forEachConcurrently(ranks, SMALL_READS_IN_FLIGHT, async (rank) => {
    const record = await readRecord(context, rank);
    if (record !== undefined) records.push(record);
  });
  return records.length === context.worldSize ? records.sort((a, b) => a.shard.rank - b.shard.rank) : undefined;
}

/** Whether both have the same content, wherever and however it is stored. */
export function isSameContent(first: ManifestShard | undefined, second: ShardMeta): boolean {
  return first?.rank === second.rank && first.size === second.size && first.checksum === second.checksum;
}

function isComplete(shard: ManifestShard): shard is ShardMeta {
  return shard.size !== undefined && shard.checksum !== undefined;
}
