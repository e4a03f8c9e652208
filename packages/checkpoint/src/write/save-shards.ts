import { forEachConcurrently, type PutSource } from "@sluice/core";
import type { ShardMeta } from "../manifest/manifest.js";

/** Shards by rank: an object, a Map, or an array whose indexes are the ranks. */
export type ShardSources = Readonly<Record<number, PutSource>> | ReadonlyMap<number, PutSource> | readonly PutSource[];

export function entriesOf(shards: ShardSources): (readonly [number, PutSource])[] {
  if (shards instanceof Map) return [...shards.entries()];
  return Object.entries(shards).map(([rank, source]) => [Number(rank), source as PutSource]);
}

/** Writes some shards at once; the first failure stops the others, and is thrown when they have ended. */
export async function saveShards(
  entries: readonly (readonly [number, PutSource])[],
  { concurrency, signal }: { readonly concurrency: number; readonly signal: AbortSignal },
  saveOne: (rank: number, source: PutSource, signal: AbortSignal) => Promise<ShardMeta>,
): Promise<ShardMeta[]> {
  const metas: ShardMeta[] = [];
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let failure: { readonly error: unknown } | undefined;
  await forEachConcurrently(entries, concurrency, async ([rank, source], index) => {
    if (failure !== undefined) return;
    try {
      metas[index] = await saveOne(rank, source, either);
    } catch (error) {
      failure ??= { error };
      stop.abort(error);
    }
  });
  if (failure !== undefined) throw failure.error;
  return metas;
}
