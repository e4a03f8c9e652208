import { checkInteger, checkOptions, type ObjectStore, ObjectStoreError, type OpenOptions } from "@sluice/core";
import { readLatest } from "../latest/pointer.js";
import { manifestKey, markerKey } from "../layout/keys.js";
import { compareSaves, type SaveId } from "../layout/save-id.js";
import type { Manifest } from "../manifest/manifest.js";
import { BASE_OPTION_NAMES, type CheckpointBase, openBase } from "../open-base.js";
import { findLatest } from "../read/find.js";
import { type CheckpointInfo, listCheckpoints } from "../read/list.js";
import { deleteAll } from "./delete-all.js";
import { findOrphans, type Orphans } from "./orphans.js";

export interface PruneOptions extends OpenOptions {
  /** Keeps so many of the newest checkpoints, at least 1. */
  readonly keepLast?: number;
  /** Keeps the checkpoints of steps that this number divides. */
  readonly keepEvery?: number;
  /** Deletes only checkpoints that were committed before this moment. */
  readonly olderThan?: Date;
  /** Uncommitted attempts are left alone for so long after their last sign of life. Default 24 hours. */
  readonly graceMs?: number;
  /** Only tells what would be deleted. */
  readonly dryRun?: boolean;
}

export interface PruneReport {
  /** Checkpoints that were deleted, or would be. */
  readonly checkpoints: readonly SaveId[];
  readonly kept: readonly SaveId[];
  /** Objects of uncommitted attempts that were deleted, or would be. */
  readonly orphans: readonly string[];
  /** Temporary files and unfinished uploads of killed writers that were removed, or would be. */
  readonly staleUploads: number;
  /** Manifests that can't be read: they, and while there are such, all orphans are left for a person to look at. */
  readonly unreadable: readonly CheckpointInfo[];
  readonly deletedObjects: number;
}

const DEFAULT_GRACE_MS = 24 * 3_600_000;
const OPTION_NAMES = ["keepLast", "keepEvery", "olderThan", "graceMs", "dryRun", ...BASE_OPTION_NAMES] as const;

/**
 * Deletes checkpoints that no rule keeps, the manifest first, so that a reader never finds half of one; then what attempts that were
 * never committed have left. A checkpoint goes if it is not among the last `keepLast`, its step is no multiple of `keepEvery`
 * and it is older than `olderThan`, as far as these are given; with none of them, only orphans go. The latest one and
 * whatever is newer always stay.
 */
export async function prune(base: CheckpointBase, options: PruneOptions = {}): Promise<PruneReport> {
  checkPruneOptions(options);
  const { store, close } = await openBase(base, options, "prune");
  try {
    return await pruneStore(store, options);
  } finally {
    await close();
  }
}

async function pruneStore(store: ObjectStore, options: PruneOptions): Promise<PruneReport> {
  const { signal, dryRun = false, graceMs = DEFAULT_GRACE_MS } = options;
  const call = signal === undefined ? {} : { signal };
  const all = await listCheckpoints(store, signal);
  const unreadable = all.filter(({ manifest }) => manifest === undefined);
  const sound = all.flatMap(({ manifest }) => (manifest === undefined ? [] : [manifest]));
  const doomed = await chooseDoomed(store, sound, options);
  const kept = sound.filter((manifest) => !doomed.includes(manifest));
  const orphans: Orphans =
    unreadable.length > 0
      ? { keys: [] }
      : await findOrphans(store, { manifests: sound, olderThan: new Date(Date.now() - graceMs), signal });
  let deletedObjects = 0;
  if (!dryRun) {
    for (const manifest of doomed) deletedObjects += await deleteCheckpoint(store, manifest, kept, signal);
    deletedObjects += await deleteAll(store, orphans.keys, signal);
  }
  const stale = await store.sweepStaleUploads({ olderThanMs: graceMs, dryRun, ...call });
  return {
    ...{ checkpoints: doomed.map(idOf), kept: kept.map(idOf), orphans: orphans.keys, unreadable, deletedObjects },
    staleUploads: stale.length,
  };
}

/** From old to new. */
async function chooseDoomed(
  store: ObjectStore,
  sound: readonly Manifest[],
  { keepLast, keepEvery, olderThan, signal }: PruneOptions,
): Promise<Manifest[]> {
  if ((keepLast === undefined && keepEvery === undefined && olderThan === undefined) || sound.length === 0) return [];
  const pointer = await readLatest(store, signal);
  // Both what the pointer names and what a reader would take in its place.
  const { manifest: latest } = await findLatest(store, signal);
  const protectedFrom = pointer.kind === "save" && compareSaves(pointer.id, latest) < 0 ? pointer.id : latest;
  const newest = keepLast === undefined ? [] : sound.slice(-keepLast);
  return sound.filter((manifest) => {
    if (compareSaves(manifest, protectedFrom) >= 0 || newest.includes(manifest)) return false;
    if (keepEvery !== undefined && manifest.step % keepEvery === 0) return false;
    return olderThan === undefined || Date.parse(manifest.wallTime) < olderThan.getTime();
  });
}

async function deleteCheckpoint(
  store: ObjectStore,
  manifest: Manifest,
  kept: readonly Manifest[],
  signal: AbortSignal | undefined,
): Promise<number> {
  const live = new Set(kept.flatMap(({ shards }) => shards.map(({ key }) => key)));
  await store.delete(manifestKey(manifest), signal === undefined ? {} : { signal });
  const keys = manifest.shards.map(({ key }) => key).filter((key) => !live.has(key));
  return 1 + (await deleteAll(store, [markerKey(manifest), ...keys], signal));
}

function idOf({ step, ts }: SaveId): SaveId {
  return { step, ts };
}

function checkPruneOptions(options: PruneOptions): void {
  checkOptions(options, OPTION_NAMES, "prune");
  const { keepLast, keepEvery, olderThan, graceMs } = options;
  if (keepLast !== undefined) checkInteger(keepLast, "keepLast", 1, Number.MAX_SAFE_INTEGER, "prune");
  if (keepEvery !== undefined) checkInteger(keepEvery, "keepEvery", 1, Number.MAX_SAFE_INTEGER, "prune");
  if (graceMs !== undefined) checkInteger(graceMs, "graceMs", 0, Number.MAX_SAFE_INTEGER, "prune");
  if (olderThan === undefined || (olderThan instanceof Date && !Number.isNaN(olderThan.getTime()))) return;
  throw new ObjectStoreError("InvalidArgument", "prune: olderThan must be a Date", { operation: "prune" });
}
