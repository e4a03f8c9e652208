import { isObjectStoreError, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { LATEST_KEY, MARKERS, manifestKey } from "../layout/keys.js";
import { compareSaves, type SaveId } from "../layout/save-id.js";
import { pause } from "../ranks/poll.js";
import { knownSaves, listSaves } from "./known-saves.js";
import { type LatestPointer, latestText, readLatest } from "./pointer.js";

/** How often the pointer is tried to be moved. Each failure means that another process has moved it. */
const MAX_TRIES = 200;

/** Between two tries, at most. */
const MAX_PAUSE_MS = 250;

/**
 * Moves `latest.json` to `id`, unless it names a newer save; never backwards. Where the store has `ifNotExists` and `ifMatch`,
 * each move is a compare-and-swap. Elsewhere it is best effort: whoever writes the pointer looks at the markers afterwards and
 * writes again until it names the newest one, so that only a process that dies in between can leave it behind.
 * Resolves with whether the pointer names `id` now.
 */
export async function advanceLatest(store: ObjectStore, id: SaveId, signal: AbortSignal | undefined): Promise<boolean> {
  const { ifNotExists, ifMatch } = store.capabilities;
  const move = ifNotExists && ifMatch ? swapOnce : overwriteOnce;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const outcome = await move(store, id, signal);
    if (outcome !== undefined) return compareSaves(outcome, id) === 0;
    await pause(Math.random() * Math.min(2 ** tries, MAX_PAUSE_MS), signal, "commit");
  }
  throw new ObjectStoreError("Unavailable", `${store.uriOf(LATEST_KEY)} was changed by others ${MAX_TRIES} times`, {
    operation: "commit",
    uri: store.uriOf(LATEST_KEY),
  });
}

/** The save that the pointer names now; undefined if another process was faster. */
async function swapOnce(store: ObjectStore, id: SaveId, signal: AbortSignal | undefined): Promise<SaveId | undefined> {
  const current = await readLatest(store, signal);
  const isSound = current.kind === "save" && (await hasManifest(store, current.id, signal));
  if (isSound && compareSaves(current.id, id) >= 0) return current.id;
  // A pointer that leads nowhere has said nothing about newer saves.
  const next = isSound || current.kind === "absent" ? id : await newestOf(store, id, signal);
  try {
    await store.put(LATEST_KEY, latestText(next), { ...conditionOf(current), ...(signal !== undefined && { signal }) });
    return next;
  } catch (error) {
    const isLostRace = (["AlreadyExists", "PreconditionFailed", "NotFound"] as const).some((code) =>
      isObjectStoreError(error, code),
    );
    if (isLostRace) return undefined;
    throw error;
  }
}

function conditionOf(current: LatestPointer): { ifNotExists: true } | { ifMatch: string } {
  return current.kind === "absent" ? { ifNotExists: true } : { ifMatch: current.etag };
}

async function overwriteOnce(
  store: ObjectStore,
  id: SaveId,
  signal: AbortSignal | undefined,
): Promise<SaveId | undefined> {
  const [newest = id] = await listSaves(store, MARKERS, signal);
  const next = compareSaves(newest, id) > 0 && (await hasManifest(store, newest, signal)) ? newest : id;
  const current = await readLatest(store, signal);
  if (
    current.kind === "save" &&
    compareSaves(current.id, next) >= 0 &&
    (await hasManifest(store, current.id, signal))
  ) {
    return current.id;
  }
  await store.put(LATEST_KEY, latestText(next), signal === undefined ? {} : { signal });
  return undefined;
}

function hasManifest(store: ObjectStore, id: SaveId, signal: AbortSignal | undefined): Promise<boolean> {
  return store.exists(manifestKey(id), signal === undefined ? {} : { signal });
}

/** The newest save that has a manifest, from `id` on. */
async function newestOf(store: ObjectStore, id: SaveId, signal: AbortSignal | undefined): Promise<SaveId> {
  const { saves } = await knownSaves(store, signal);
  for (const save of saves) {
    if (compareSaves(save, id) <= 0) break;
    if (await hasManifest(store, save, signal)) return { step: save.step, ts: save.ts };
  }
  return id;
}
