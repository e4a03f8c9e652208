import { forEachConcurrently, isObjectStoreError, type ObjectStore } from "@sluice/core";
import { type KnownSaves, knownSaves, witnessOf } from "../latest/known-saves.js";
import { manifestKey } from "../layout/keys.js";
import { compareSaves, type SaveId } from "../layout/save-id.js";
import { loadManifest } from "../manifest/load.js";
import type { Manifest } from "../manifest/manifest.js";
import { SMALL_READS_IN_FLIGHT } from "../ranks/record.js";

/** A checkpoint in a listing. */
export interface CheckpointInfo extends SaveId {
  /** The manifest's key. */
  readonly key: string;
  /** Whether `latest.json` names it. */
  readonly isLatest: boolean;
  /** Absent where it is not valid. */
  readonly manifest?: Manifest;
  /** What is wrong with the manifest. */
  readonly problem?: string;
}

/** From old to new. */
export async function listCheckpoints(store: ObjectStore, signal: AbortSignal | undefined): Promise<CheckpointInfo[]> {
  return describeSaves(store, await knownSaves(store, signal), signal);
}

/** From old to new, each manifest read by name; without those that were deleted meanwhile. */
export async function describeSaves(
  store: ObjectStore,
  { pointer, saves }: KnownSaves,
  signal: AbortSignal | undefined,
): Promise<CheckpointInfo[]> {
  const infos: (CheckpointInfo | undefined)[] = [];
  await forEachConcurrently(saves.toReversed(), SMALL_READS_IN_FLIGHT, async ({ step, ts }, index) => {
    const isLatest = pointer.kind === "save" && compareSaves(pointer.id, { step, ts }) === 0;
    const found = await describe(store, { step, ts }, signal);
    infos[index] = found === undefined ? undefined : { step, ts, key: manifestKey({ step, ts }), isLatest, ...found };
  });
  return infos.filter((info) => info !== undefined);
}

async function describe(
  store: ObjectStore,
  id: SaveId,
  signal: AbortSignal | undefined,
): Promise<{ manifest: Manifest } | { problem: string } | undefined> {
  try {
    return { manifest: await loadManifest(store, id, signal) };
  } catch (error) {
    if (isObjectStoreError(error, "ChecksumMismatch")) return { problem: error.message };
    if (!isObjectStoreError(error, "NotFound")) throw error;
    const witness = await witnessOf(store, id, signal);
    if (witness === undefined) return undefined;
    return { problem: `${store.uriOf(manifestKey(id))} is missing, though ${witness} tells of it` };
  }
}
