import { checkInteger, checkOptions, type ObjectStore, ObjectStoreError, type OpenOptions } from "@sluice/core";
import { manifestKey, markerKey } from "../layout/keys.js";
import { compareSaves, type SaveId } from "../layout/save-id.js";
import type { Manifest } from "../manifest/manifest.js";
import { BASE_OPTION_NAMES, type CheckpointBase, openBase } from "../open-base.js";
import { findLatest } from "../read/find.js";
import type { CheckpointInfo } from "../read/list.js";
import { Deletion } from "./deletion.js";
import { type Attempt, listAttempts, proveUncommitted } from "./orphans.js";
import { readStoreClockMs } from "./store-clock.js";
import { confirmLatest, type Survey, surveyCheckpoints } from "./survey.js";

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
  /** Objects of uncommitted attempts that are younger than their time of grace, and were left alone. */
  readonly young: readonly string[];
  /** Temporary files and unfinished uploads of killed writers that were removed, or would be. */
  readonly staleUploads: number;
  /**
   * Manifests that can't be read: they, and while there are such, all orphans are left for a person to look at. Orphans are left too
   * while a manifest names a shard that is not there.
   */
  readonly unreadable: readonly CheckpointInfo[];
  readonly deletedObjects: number;
}

const DEFAULT_GRACE_MS = 24 * 3_600_000;

/** What a store's answers take, and no more, may lie between its clock and this machine's. */
const MAX_CLOCK_SKEW_MS = 60_000;

/** A report of a run that had nothing to delete. */
const NOTHING = { checkpoints: [], orphans: [], young: [], staleUploads: 0, deletedObjects: 0 } as const;

const OPTION_NAMES = ["keepLast", "keepEvery", "olderThan", "graceMs", "dryRun", ...BASE_OPTION_NAMES] as const;

/**
 * Deletes checkpoints that no rule keeps, the marker and the manifest first, so that a reader never finds half of one; then what
 * attempts that were never committed have left. A checkpoint goes if it is not among the last `keepLast`, its step is no multiple of
 * `keepEvery` and it is older than `olderThan`, as far as these are given; with none of them, only orphans go. The latest one and
 * whatever is newer always stay.
 *
 * Nothing is deleted because a listing lacks something: every manifest, marker and `latest.json` that could hold an object is asked
 * for by its name first. Where the answers disagree, Unavailable, and nothing is deleted. A failure of a deletion tells how many
 * objects were deleted before. Ages of attempts are told by the store's clock, which a small object is written for; a dry run, and one that finds nothing to delete, write
 * nothing.
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
  const survey = await surveyCheckpoints(store, signal);
  const { manifests, unreadable } = survey;
  const doomed = await chooseDoomed(store, survey, options);
  const kept = manifests.filter((manifest) => !doomed.includes(manifest));
  const attempts = unreadable.length > 0 ? [] : await listAttempts(store, manifests, signal);
  const call = signal === undefined ? {} : { signal };
  if (doomed.length + attempts.length === 0) {
    // A look at the store's clock is a write, which could make a folder of a mistyped name.
    const uploads = await store.sweepStaleUploads({ olderThanMs: graceMs, dryRun: true, ...call });
    if (uploads.length === 0) return { ...NOTHING, kept: kept.map(idOf), unreadable };
  }
  const nowMs = dryRun ? Date.now() : await readStoreClockMs(store, signal);
  const skewMs = Date.now() - nowMs;
  if (doomed.length > 0 && options.olderThan !== undefined) checkSkew(skewMs);
  const isOld = ({ newestMs }: Attempt): boolean => newestMs <= nowMs - graceMs;
  const old = attempts.filter(isOld);
  const young = attempts.filter((attempt) => !isOld(attempt));
  await proveUncommitted(store, old, manifests, signal);
  if (doomed.length > 0 || old.length > 0) await confirmLatest(store, survey.pointer, signal);
  const deletion = new Deletion(store, signal);
  if (!dryRun) await deleteThese(deletion, { doomed, kept, old });
  const stale = await store.sweepStaleUploads({
    // The sweep compares with this machine's clock.
    ...{ olderThanMs: graceMs + (skewMs > MAX_CLOCK_SKEW_MS ? skewMs : 0), dryRun, ...call },
  });
  return {
    ...{ checkpoints: doomed.map(idOf), kept: kept.map(idOf), orphans: keysOf(old), young: keysOf(young), unreadable },
    ...{ staleUploads: stale.length, deletedObjects: deletion.objects },
  };
}

/** From old to new. */
async function chooseDoomed(
  store: ObjectStore,
  { pointer, manifests: sound }: Survey,
  { keepLast, keepEvery, olderThan, signal }: PruneOptions,
): Promise<Manifest[]> {
  if ((keepLast === undefined && keepEvery === undefined && olderThan === undefined) || sound.length === 0) return [];
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

interface Condemned {
  readonly doomed: readonly Manifest[];
  readonly kept: readonly Manifest[];
  readonly old: readonly Attempt[];
}

/** A marker goes before its manifest: it never tells of a checkpoint that is not there. */
async function deleteThese(deletion: Deletion, { doomed, kept, old }: Condemned): Promise<void> {
  const live = new Set(kept.flatMap(({ shards }) => shards.map(({ key }) => key)));
  for (const manifest of doomed) {
    await deletion.inOrder([markerKey(manifest), manifestKey(manifest)]);
    await deletion.all(manifest.shards.map(({ key }) => key).filter((key) => !live.has(key)));
  }
  await deletion.all(keysOf(old));
}

function checkSkew(skewMs: number): void {
  if (Math.abs(skewMs) <= MAX_CLOCK_SKEW_MS) return;
  const problem = `this machine's clock is ${Math.round(skewMs / 1000)} s ahead of the store's`;
  throw new ObjectStoreError("InvalidState", `prune: ${problem}, so olderThan can't be trusted; nothing was deleted`, {
    operation: "prune",
  });
}

function keysOf(attempts: readonly Attempt[]): string[] {
  return attempts.flatMap(({ keys }) => keys);
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
