import { forEachConcurrently, type ListEntry, type ObjectStore } from "@sluice/core";
import { listSaves } from "../latest/known-saves.js";
import {
  MARKERS,
  manifestKey,
  manifestPrefix,
  markerKey,
  RECORDS,
  SAVES,
  SHARDS,
  saveOfJsonKey,
  saveOfShardKey,
} from "../layout/keys.js";
import { compareSaves, type SaveId } from "../layout/save-id.js";
import type { Manifest } from "../manifest/manifest.js";
import { SMALL_READS_IN_FLIGHT } from "../ranks/record.js";
import { doubt } from "./doubt.js";
import { isThere } from "./is-there.js";

/** What one attempt to save has left, or one object that told of a save id. */
export interface Attempt {
  /** Absent for what told of a save id. */
  readonly id?: SaveId;
  readonly keys: string[];
  newestMs: number;
}

/**
 * What belongs to no committed checkpoint: shards, records and markers of attempts without a manifest, those of attempts that have one
 * and do not need them, and what told of save ids. Nothing where a manifest names a shard that is not there, or one
 * twice: any of the rest may be the one that it meant.
 */
export async function listAttempts(
  store: ObjectStore,
  manifests: readonly Manifest[],
  signal: AbortSignal | undefined,
): Promise<Attempt[]> {
  const committed = new Set(manifests.map(manifestKey));
  const live = new Set(manifests.flatMap(({ shards }) => shards.map(({ key }) => key)));
  const unseen = new Set(live);
  const attempts = new Map<string, Attempt>();
  for (const prefix of [SHARDS, RECORDS, MARKERS, SAVES]) {
    for await (const entry of store.list({ prefix, ...(signal !== undefined && { signal }) })) {
      if (entry.kind === "object" && !live.has(entry.key)) collect(attempts, entry, prefix, committed);
      else if (entry.kind === "object") unseen.delete(entry.key);
    }
  }
  if (attempts.size === 0) return [];
  const isDoubtful = manifests.some(namesOneTwice) || (await isOneMissing(store, [...unseen], signal));
  return isDoubtful ? [] : [...attempts.values()];
}

function namesOneTwice({ shards }: Manifest): boolean {
  return new Set(shards.map(({ key }) => key)).size < shards.length;
}

async function isOneMissing(
  store: ObjectStore,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  let isMissing = false;
  await forEachConcurrently(keys, SMALL_READS_IN_FLIGHT, async (key) => {
    if (!isMissing && !(await isThere(store, key, signal))) isMissing = true;
  });
  return isMissing;
}

function collect(
  attempts: Map<string, Attempt>,
  entry: ListEntry & { readonly kind: "object" },
  prefix: string,
  committed: ReadonlySet<string>,
): void {
  const id = saveOfShardKey(entry.key) ?? saveOfJsonKey(entry.key);
  if (prefix === MARKERS && id !== undefined && committed.has(manifestKey(id))) return;
  // What is not of the layout is not ours to delete; what told of a save id stands for itself.
  if (id === undefined && prefix !== SAVES) return;
  const name = id === undefined ? entry.key : manifestKey(id);
  const attempt = attempts.get(name) ?? { ...(id && { id }), keys: [], newestMs: Number.NEGATIVE_INFINITY };
  attempt.keys.push(entry.key);
  attempt.newestMs = Math.max(attempt.newestMs, entry.lastModified.getTime());
  attempts.set(name, attempt);
}

/**
 * Proves that attempts were not committed, each by its name: Unavailable where one has a manifest or a marker that no listing had, or
 * where its step has a manifest that is not known, since that one may name any shard.
 */
export async function proveUncommitted(
  store: ObjectStore,
  attempts: readonly Attempt[],
  manifests: readonly Manifest[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const known = new Set(manifests.map(manifestKey));
  const ids = attempts.flatMap(({ id }) => (id === undefined || known.has(manifestKey(id)) ? [] : [id]));
  await forEachConcurrently(ids, SMALL_READS_IN_FLIGHT, async (id) => {
    for (const key of [manifestKey(id), markerKey(id)]) {
      if (await isThere(store, key, signal)) throw doubt(store, `the listing lacked ${key}, which is there`);
    }
  });
  const steps = [...new Set(ids.map(({ step }) => step))];
  await forEachConcurrently(steps, SMALL_READS_IN_FLIGHT, async (step) => {
    const ofStep = await listSaves(store, manifestPrefix(step), signal);
    const unknown = ofStep.find((id) => !known.has(manifestKey(id)));
    if (unknown !== undefined) throw doubt(store, `the listing lacked ${manifestKey(unknown)}, which is there`);
    const lacking = manifests.find((id) => id.step === step && !ofStep.some((other) => compareSaves(id, other) === 0));
    if (lacking !== undefined) throw doubt(store, `a listing lacked ${manifestKey(lacking)}, which is there`);
  });
}
