import { forEachConcurrently, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { type KnownSaves, knownSaves, witnessOf } from "../latest/known-saves.js";
import { type LatestPointer, readLatest } from "../latest/pointer.js";
import { LATEST_KEY, manifestKey } from "../layout/keys.js";
import { compareSaves, type SaveId } from "../layout/save-id.js";
import type { Manifest } from "../manifest/manifest.js";
import { SMALL_READS_IN_FLIGHT } from "../ranks/record.js";
import { type CheckpointInfo, describeSaves } from "../read/list.js";
import { doubt } from "./doubt.js";
import { isThere } from "./is-there.js";

/** What is committed, as far as all that tells of it agrees. */
export interface Survey {
  readonly pointer: LatestPointer;
  /** From old to new. */
  readonly manifests: readonly Manifest[];
  /** Manifests that are there and not valid. */
  readonly unreadable: readonly CheckpointInfo[];
}

/**
 * All that is committed. Unavailable where the listing of manifests lacks one that a marker or `latest.json` tells of, or has one
 * that can't be read by its name; ChecksumMismatch where `latest.json` can't be read.
 */
export async function surveyCheckpoints(store: ObjectStore, signal: AbortSignal | undefined): Promise<Survey> {
  const known = await knownSaves(store, signal);
  const { pointer } = known;
  if (pointer.kind === "damaged") {
    const message = `prune: ${pointer.problem}; nothing was deleted. The next commit writes it anew`;
    throw new ObjectStoreError("ChecksumMismatch", message, { operation: "prune", uri: store.uriOf(LATEST_KEY) });
  }
  await refuseUnlisted(store, known, signal);
  const infos = await describeSaves(store, known, signal);
  const found = new Set(infos.map(({ key }) => key));
  const gone = known.saves.find((id) => id.isListed && !found.has(manifestKey(id)));
  if (gone !== undefined) throw doubt(store, `${manifestKey(gone)} was listed, and is not there`);
  return {
    pointer,
    manifests: infos.flatMap(({ manifest }) => (manifest === undefined ? [] : [manifest])),
    unreadable: infos.filter(({ manifest }) => manifest === undefined),
  };
}

/** The same questions again, right before anything is deleted: what was the latest is there, and nothing older took its place. */
export async function confirmLatest(
  store: ObjectStore,
  before: LatestPointer,
  signal: AbortSignal | undefined,
): Promise<void> {
  const now = await readLatest(store, signal);
  if (now.kind !== "save") {
    if (before.kind === now.kind) return;
    throw doubt(store, `${LATEST_KEY} was there, and no longer is`);
  }
  if (before.kind === "save" && compareSaves(now.id, before.id) < 0) throw doubt(store, `${LATEST_KEY} went backwards`);
  await requireManifest(store, now.id, LATEST_KEY, signal);
}

/** What a marker or the pointer tells of, and the listing of manifests lacks. */
async function refuseUnlisted(
  store: ObjectStore,
  { saves }: KnownSaves,
  signal: AbortSignal | undefined,
): Promise<void> {
  const unlisted = saves.filter(({ isListed }) => !isListed);
  await forEachConcurrently(unlisted, SMALL_READS_IN_FLIGHT, async (id) => {
    if (await isThere(store, manifestKey(id), signal)) {
      throw doubt(store, `the listing lacked ${manifestKey(id)}, which is there`);
    }
    // Another prune may have deleted marker and manifest meanwhile.
    const witness = await witnessOf(store, id, signal);
    if (witness !== undefined) await requireManifest(store, id, witness, signal);
  });
}

async function requireManifest(
  store: ObjectStore,
  id: SaveId,
  witness: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (await isThere(store, manifestKey(id), signal)) return;
  throw doubt(
    store,
    `${witness} tells of ${manifestKey(id)}, which is not there (if that checkpoint was deleted by hand, delete ${witness} too)`,
  );
}
