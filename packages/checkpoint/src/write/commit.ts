import { forEachConcurrently, isObjectStoreError, ObjectStoreError } from "@sluice/core";
import { advanceLatest } from "../latest/advance.js";
import { latestText } from "../latest/pointer.js";
import { claimKey, manifestKey, markerKey, recordKey } from "../layout/keys.js";
import { manifestToJson } from "../manifest/convert.js";
import { MAX_JSON_BYTES, toJsonText } from "../manifest/json-object.js";
import { loadManifest } from "../manifest/load.js";
import type { Manifest, ShardMeta } from "../manifest/manifest.js";
import { pendingClaims } from "../ranks/claim.js";
import { pollUntil } from "../ranks/poll.js";
import { listRecords, readRecords, SMALL_READS_IN_FLIGHT } from "../ranks/record.js";
import { callOf, type SaveContext } from "../ranks/save-context.js";

export interface CommitResult {
  readonly manifestKey: string;
  readonly manifest: Manifest;
  /** Whether `latest.json` names this checkpoint now; false where a newer one is there. */
  readonly isLatest: boolean;
}

export interface CommitParts extends SaveContext {
  /** Whether ranks are processes of their own, which tell of their shards by records. */
  readonly isShared: boolean;
  /** All there is to say but for the shards and the time. */
  readonly facts: Pick<Manifest, "framework" | "epoch" | "userMeta" | "strategy">;
}

/** The shards of all ranks, from their records; or the manifest, where another process has committed. */
export async function collectShards(parts: CommitParts): Promise<ShardMeta[] | Manifest> {
  const { worldSize, deadlineMs, signal } = parts;
  let waiting = "";
  const found = await pollUntil<ShardMeta[] | Manifest>(
    async () => {
      const committed = await committedManifest(parts);
      if (committed !== undefined) return committed;
      const { recorded, claimed } = await listRecords(parts);
      const missing = Array.from({ length: worldSize }, (_, rank) => rank).filter((rank) => !recorded.has(rank));
      waiting = `${named(missing, worldSize)} have not completed their shards`;
      const records = missing.length === 0 ? await readRecords(parts) : undefined;
      if (records === undefined) return undefined;
      const pending = await pendingClaims(parts, claimed, records);
      waiting = `${named(pending, worldSize)} have begun again and not ended`;
      return pending.length === 0 ? records.map(({ shard }) => shard) : undefined;
    },
    { operation: "commit", deadlineMs, signal, waitedFor: () => `${parts.who}; ${waiting}` },
  );
  return found;
}

/** The manifest of this save, if it has been committed. */
export async function committedManifest({ store, id, signal }: CommitParts): Promise<Manifest | undefined> {
  try {
    return await loadManifest(store, id, signal);
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return undefined;
    throw error;
  }
}

/** Commits: looks at each shard and creates the manifest, unless it is there. Resolves with the one that stands, whose shards may be other ones. */
export async function publish(parts: CommitParts, shards: readonly ShardMeta[]): Promise<Manifest> {
  const { store, id, worldSize, facts, signal } = parts;
  const manifest = { ...facts, ...id, worldSize, shards, isOurs: true, wallTime: new Date().toISOString() };
  const text = toJsonText(manifestToJson(manifest));
  if (Buffer.byteLength(text) > MAX_JSON_BYTES) {
    throw new ObjectStoreError("InvalidArgument", `commit: the manifest would be longer than ${MAX_JSON_BYTES} bytes`, {
      operation: "commit",
    });
  }
  const { ifNotExists } = store.capabilities;
  const before = ifNotExists ? undefined : await committedManifest(parts);
  if (before !== undefined) return before;
  await checkShards(parts, shards);
  try {
    await store.put(manifestKey(id), text, { ...callOf(parts), ...(ifNotExists && { ifNotExists }) });
    return manifest;
  } catch (error) {
    if (!isObjectStoreError(error, "AlreadyExists")) throw error;
    return loadManifest(store, id, signal);
  }
}

/**
 * What follows the manifest: marker and latest, so that each names only what is complete. Repeating it changes nothing, so whoever
 * comes second heals what a killed process left out.
 */
export async function announce(parts: CommitParts, manifest: Manifest): Promise<CommitResult> {
  const { store, id, worldSize, signal, isShared } = parts;
  await store.put(markerKey(id), latestText(id), callOf(parts));
  const isLatest = await advanceLatest(store, id, signal);
  if (isShared) {
    // They have served; what is left of them, pruning collects.
    const ranks = Array.from({ length: worldSize }, (_, rank) => rank);
    await store.deleteMany(
      ranks.flatMap((rank) => [recordKey(id, rank), claimKey(id, rank)]),
      callOf(parts),
    );
  }
  return { manifestKey: manifestKey(id), manifest, isLatest };
}

/** Proves that the store holds what was written of each rank: a shard may have been deleted or written over since. */
async function checkShards({ store, signal }: CommitParts, shards: readonly ShardMeta[]): Promise<void> {
  await forEachConcurrently(shards, SMALL_READS_IN_FLIGHT, async ({ rank, key, storedSize, etag }) => {
    const info = await store.head(key, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      if (!isObjectStoreError(error, "NotFound")) throw error;
      throw refusal(
        `the shard of rank ${rank} is gone, and nothing is committed; save it again`,
        store.uriOf(key),
        error,
      );
    });
    if (info.size === storedSize && (etag === undefined || info.etag === etag)) return;
    const found = `${storedSize} bytes, etag ${etag}, were written; it has ${info.size}, ${info.etag}`;
    throw refusal(`the shard of rank ${rank} is not the one that was saved: ${found}`, store.uriOf(key));
  });
}

function refusal(problem: string, uri: string, cause?: Error): ObjectStoreError {
  const details = { operation: "commit", uri, ...(cause !== undefined && { cause }) };
  return new ObjectStoreError("ChecksumMismatch", `commit: ${problem}`, details);
}

/** As many ranks as a line can hold. */
const NAMED_RANKS = 8;

function named(ranks: readonly number[], worldSize: number): string {
  const names = ranks.slice(0, NAMED_RANKS).join(", ");
  const more = ranks.length > NAMED_RANKS ? ", …" : "";
  return `${ranks.length} of ${worldSize} ranks (${names}${more})`;
}
