import { forEachConcurrently, type ObjectStore, ObjectStoreError } from "@sluice/core";
import type { Manifest, ManifestShard } from "../manifest/manifest.js";
import { openShard } from "./open-shard.js";
import type { ShardContent } from "./shard-content.js";

/** Takes one shard: it has to read the content to its end, or the restore fails. */
export type ShardConsumer = (content: ShardContent, shard: ManifestShard) => Promise<void>;

export interface RestoreParts {
  readonly store: ObjectStore;
  readonly manifest: Manifest;
  readonly consume: ShardConsumer;
  readonly isCompared: boolean;
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
}

export interface RestoreResult {
  readonly shards: number;
  /** Bytes of content. */
  readonly bytes: number;
}

/** Memory is that of the streams under way; no shard is held. */
export async function restoreShards(parts: RestoreParts): Promise<RestoreResult> {
  const { store, manifest, consume, isCompared, concurrency, signal } = parts;
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  let failure: { readonly error: unknown } | undefined;
  let bytes = 0;
  await forEachConcurrently(manifest.shards, concurrency, async (shard) => {
    if (failure !== undefined) return;
    try {
      const content = await openShard(store, shard, { isOurs: manifest.isOurs, isCompared, signal: either });
      try {
        await consume(content, shard);
      } finally {
        await content.cancel();
      }
      if (!content.isVerified) {
        throw new ObjectStoreError("InvalidState", `restore: the shard of rank ${shard.rank} was not read to its end`, {
          operation: "restore",
          uri: store.uriOf(shard.key),
        });
      }
      bytes += content.bytesRead;
    } catch (error) {
      failure ??= { error };
      stop.abort(error);
    }
  });
  if (failure !== undefined) throw failure.error;
  return { shards: manifest.shards.length, bytes };
}
