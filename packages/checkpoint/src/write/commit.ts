import { forEachConcurrently, isObjectStoreError, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { advanceLatest } from "../latest/advance.js";
import { latestText } from "../latest/pointer.js";
import { manifestKey, markerKey, recordKey } from "../layout/keys.js";
import type { SaveId } from "../layout/save-id.js";
import { manifestToJson } from "../manifest/convert.js";
import { MAX_JSON_BYTES, toJsonText } from "../manifest/json-object.js";
import { loadManifest } from "../manifest/load.js";
import type { Manifest, ShardMeta } from "../manifest/manifest.js";
import { pollUntil } from "../ranks/poll.js";
import { isSameShard, listRecords, readRecords, SMALL_READS_IN_FLIGHT } from "../ranks/record.js";

export interface CommitResult {
  readonly manifestKey: string;
  readonly manifest: Manifest;
  /** Whether `latest.json` names this checkpoint now; false where a newer one is there. */
  readonly isLatest: boolean;
}

export interface CommitParts extends SaveId {
  readonly store: ObjectStore;
  readonly worldSize: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  /** Whether ranks are processes of their own, which tell of their shards by records. */
  readonly isShared: boolean;
  /** All there is to say but for the shards and the time. */
  readonly facts: Pick<Manifest, "framework" | "epoch" | "userMeta" | "strategy">;
}

/** The shards of all ranks, from their records, each looked at; or the manifest, where another process has committed. */
export async function collectShards(parts: CommitParts): Promise<ShardMeta[] | Manifest> {
  const { store, worldSize, deadlineMs, signal } = parts;
  const context = { store, id: parts, worldSize, signal };
  let missing: number[] = [];
  const found = await pollUntil<ShardMeta[] | Manifest>(
    async () => {
      const committed = await committedManifest(parts);
      if (committed !== undefined) return committed;
      const ranks = await listRecords(context);
      missing = Array.from({ length: worldSize }, (_, rank) => rank).filter((rank) => !ranks.has(rank));
      return missing.length === 0 ? readRecords(context) : undefined;
    },
    { operation: "commit", deadlineMs, signal, waitedFor: () => waitedFor(missing, worldSize) },
  );
  if (Array.isArray(found)) await checkShards(parts, found);
  return found;
}

/** The manifest of this save, if it has been committed. */
export async function committedManifest({ store, step, ts, signal }: CommitParts): Promise<Manifest | undefined> {
  try {
    return await loadManifest(store, { step, ts }, signal);
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return undefined;
    throw error;
  }
}

/** Manifest (create-if-absent), marker, latest: in this order, so that each names only what is complete. */
export async function publish(parts: CommitParts, shards: readonly ShardMeta[]): Promise<CommitResult> {
  const { store, step, ts, worldSize, facts, signal } = parts;
  const manifest = { ...facts, step, ts, worldSize, shards, isOurs: true, wallTime: new Date().toISOString() };
  const text = toJsonText(manifestToJson(manifest));
  if (Buffer.byteLength(text) > MAX_JSON_BYTES) {
    throw new ObjectStoreError("InvalidArgument", `commit: the manifest would be longer than ${MAX_JSON_BYTES} bytes`, {
      operation: "commit",
    });
  }
  const condition = store.capabilities.ifNotExists ? { ifNotExists: true } : {};
  try {
    await store.put(manifestKey(parts), text, { ...condition, ...(signal !== undefined && { signal }) });
    return await announce(parts, manifest);
  } catch (error) {
    if (!isObjectStoreError(error, "AlreadyExists")) throw error;
    const first = await loadManifest(store, { step, ts }, signal);
    const isSame = first.shards.every((shard, rank) => isSameShard(shard, shards[rank] as ShardMeta));
    if (isSame && first.worldSize === worldSize) return announce(parts, first);
    throw error;
  }
}

/** What follows the manifest. Repeating it changes nothing, so whoever comes second heals what a killed process left out. */
export async function announce(parts: CommitParts, manifest: Manifest): Promise<CommitResult> {
  const { store, step, ts, worldSize, signal, isShared } = parts;
  const call = signal === undefined ? {} : { signal };
  await store.put(markerKey(parts), latestText({ step, ts }), call);
  const isLatest = await advanceLatest(store, { step, ts }, signal);
  if (isShared) {
    // They have served; what is left of them, pruning collects.
    const records = Array.from({ length: worldSize }, (_, rank) => recordKey(parts, rank));
    await store.deleteMany(records, call);
  }
  return { manifestKey: manifestKey(parts), manifest, isLatest };
}

/** A record tells what a rank has written; the store must hold just that. */
async function checkShards({ store, signal }: CommitParts, shards: readonly ShardMeta[]): Promise<void> {
  await forEachConcurrently(shards, SMALL_READS_IN_FLIGHT, async ({ rank, key, storedSize, etag }) => {
    const info = await store.head(key, signal === undefined ? {} : { signal });
    if (info.size === storedSize && (etag === undefined || info.etag === etag)) return;
    throw new ObjectStoreError(
      "ChecksumMismatch",
      `commit: the shard of rank ${rank} is not the one that its record tells of (${storedSize} bytes, etag ${etag}; it has ${info.size}, ${info.etag})`,
      { operation: "commit", uri: store.uriOf(key) },
    );
  });
}

/** As many ranks as a line can hold. */
const NAMED_RANKS = 8;

function waitedFor(missing: readonly number[], worldSize: number): string {
  const named = missing.slice(0, NAMED_RANKS).join(", ");
  const more = missing.length > NAMED_RANKS ? ", …" : "";
  return `${missing.length} of ${worldSize} ranks (${named}${more}) have not completed their shards`;
}
