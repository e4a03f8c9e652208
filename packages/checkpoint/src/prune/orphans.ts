import type { ListEntry, ObjectStore } from "@sluice/core";
import { MARKERS, RECORDS, SAVES, SHARDS, saveOfJsonKey, saveOfShardKey } from "../layout/keys.js";
import type { SaveId } from "../layout/save-id.js";
import type { Manifest } from "../manifest/manifest.js";

export interface OrphanQuestion {
  /** All manifests that are there. */
  readonly manifests: readonly Manifest[];
  /** Attempts with any object that is younger are left alone. */
  readonly olderThan: Date;
  readonly signal: AbortSignal | undefined;
}

export interface Orphans {
  readonly keys: readonly string[];
}

interface Attempt {
  readonly keys: string[];
  newestMs: number;
}

/**
 * What belongs to no committed checkpoint and has not been touched for long: shards, records and markers of attempts without
 * a manifest, records of attempts that have one, and what told of save ids.
 */
export async function findOrphans(store: ObjectStore, question: OrphanQuestion): Promise<Orphans> {
  const { manifests, olderThan, signal } = question;
  const committed = new Set(manifests.map(nameOf));
  const live = new Set(manifests.flatMap(({ shards }) => shards.map(({ key }) => key)));
  const attempts = new Map<string, Attempt>();
  for (const prefix of [SHARDS, RECORDS, MARKERS, SAVES]) {
    for await (const entry of store.list({ prefix, ...(signal !== undefined && { signal }) })) {
      if (entry.kind === "object" && !live.has(entry.key)) collect(attempts, entry, prefix, committed);
    }
  }
  const old = [...attempts.values()].filter(({ newestMs }) => newestMs <= olderThan.getTime());
  return { keys: old.flatMap(({ keys }) => keys) };
}

function collect(
  attempts: Map<string, Attempt>,
  entry: ListEntry & { readonly kind: "object" },
  prefix: string,
  committed: ReadonlySet<string>,
): void {
  const id = saveOfShardKey(entry.key) ?? saveOfJsonKey(entry.key);
  if (prefix === MARKERS && id !== undefined && committed.has(nameOf(id))) return;
  // What is not of the layout is not ours to delete; what told of a save id stands for itself.
  if (id === undefined && prefix !== SAVES) return;
  const name = id === undefined ? entry.key : nameOf(id);
  const attempt = attempts.get(name) ?? { keys: [], newestMs: Number.NEGATIVE_INFINITY };
  attempt.keys.push(entry.key);
  attempt.newestMs = Math.max(attempt.newestMs, entry.lastModified.getTime());
  attempts.set(name, attempt);
}

function nameOf({ step, ts }: SaveId): string {
  return `${step}-${ts}`;
}
