import { forEachConcurrently, isObjectStoreError, type ObjectStore } from "@sluice/core";
import { listSaves } from "../latest/list-saves.js";
import { readLatest } from "../latest/pointer.js";
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
  const pointer = await readLatest(store, signal);
  const saves = (await listSaves(store, signal)).reverse();
  const infos: (CheckpointInfo | undefined)[] = [];
  await forEachConcurrently(saves, SMALL_READS_IN_FLIGHT, async (id, index) => {
    const isLatest = pointer.kind === "save" && compareSaves(pointer.id, id) === 0;
    const found = await describe(store, id, signal);
    infos[index] = found === undefined ? undefined : { ...id, key: manifestKey(id), isLatest, ...found };
  });
  return infos.filter((info) => info !== undefined);
}

/** Undefined if it was deleted meanwhile. */
async function describe(
  store: ObjectStore,
  id: SaveId,
  signal: AbortSignal | undefined,
): Promise<{ manifest: Manifest } | { problem: string } | undefined> {
  try {
    return { manifest: await loadManifest(store, id, signal) };
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return undefined;
    if (isObjectStoreError(error, "ChecksumMismatch")) return { problem: error.message };
    throw error;
  }
}
