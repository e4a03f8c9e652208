import { isObjectStoreError, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { knownSaves, witnessOf } from "../latest/known-saves.js";
import { readLatest } from "../latest/pointer.js";
import { manifestKey } from "../layout/keys.js";
import { compareSaves, type SaveId } from "../layout/save-id.js";
import { loadManifest } from "../manifest/load.js";
import type { Manifest } from "../manifest/manifest.js";
import { SMALL_READS_IN_FLIGHT } from "../ranks/record.js";
import { verifyShards } from "./verify.js";

/** A checkpoint that was taken in place of the one that `latest.json` should name. */
export interface Fallback {
  /** The checkpoint that could not be used; absent where `latest.json` names none. */
  readonly expected?: SaveId;
  /** Why, in a sentence for `latest.json` and each newer checkpoint that could not be used. */
  readonly reason: string;
}

export interface FoundCheckpoint {
  readonly manifest: Manifest;
  readonly fallback?: Fallback;
}

/** While the pointer moves and what it named is pruned, it is followed so often. */
const MAX_MOVES = 8;

/** Checkpoints that a fallback's reason tells of one by one. */
const MAX_TOLD = 20;

/** The checkpoint that `latest.json` names if it is whole, else the newest one that is; NotFound if there is none at all. */
export async function findLatest(store: ObjectStore, signal: AbortSignal | undefined): Promise<FoundCheckpoint> {
  let expected: SaveId | undefined;
  let reason = "";
  for (let moves = 0; moves < MAX_MOVES; moves++) {
    const pointer = await readLatest(store, signal);
    const next = pointer.kind === "save" ? pointer.id : undefined;
    if (moves > 0 && isSame(next, expected)) break;
    expected = next;
    const found = pointer.kind === "save" ? await loadWhole(store, pointer.id, signal) : { problem: pointer.problem };
    if ("manifest" in found) return found;
    reason = found.problem;
  }
  return findNewestWhole(store, { reason, ...(expected !== undefined && { expected }) }, signal);
}

async function findNewestWhole(
  store: ObjectStore,
  fallback: Fallback,
  signal: AbortSignal | undefined,
): Promise<FoundCheckpoint> {
  const { saves } = await knownSaves(store, signal);
  const { expected } = fallback;
  const passedOver: string[] = [];
  for (const id of saves) {
    const found = await loadWhole(store, id, signal);
    if ("manifest" in found) {
      return { manifest: found.manifest, fallback: { ...fallback, reason: reasonOf(fallback.reason, passedOver) } };
    }
    if (!isSame(id, expected)) passedOver.push(`step ${id.step} can't be used: ${found.problem}`);
  }
  if (saves.length === 0 && fallback.expected === undefined) {
    throw new ObjectStoreError("NotFound", `there is no checkpoint below ${store.uri}`, { operation: "latest" });
  }
  throw new ObjectStoreError(
    "ChecksumMismatch",
    `no checkpoint below ${store.uri} is whole: ${reasonOf(fallback.reason, passedOver)}`,
    {
      operation: "latest",
      uri: store.uri,
    },
  );
}

function reasonOf(reason: string, passedOver: readonly string[]): string {
  const told = passedOver.slice(0, MAX_TOLD);
  const more = passedOver.length - told.length;
  return [reason, ...told, ...(more > 0 ? [`and ${more} more can't be used`] : [])].join("; ");
}

/** A checkpoint whose shards are all there in the right size, or what is wrong with it. */
async function loadWhole(
  store: ObjectStore,
  id: SaveId,
  signal: AbortSignal | undefined,
): Promise<{ readonly manifest: Manifest } | { readonly problem: string }> {
  try {
    const manifest = await loadManifest(store, id, signal);
    const { problems } = await verifyShards({
      ...{ store, manifest, signal },
      ...{ isFull: false, concurrency: SMALL_READS_IN_FLIGHT, onProgress: undefined },
    });
    const [problem] = problems;
    return problem === undefined ? { manifest } : { problem: problem.message };
  } catch (error) {
    if (isObjectStoreError(error, "ChecksumMismatch")) return { problem: error.message };
    if (isObjectStoreError(error, "NotFound")) return { problem: `${error.uri ?? store.uri} is missing` };
    throw error;
  }
}

/**
 * The manifest of a step's newest save, or of the one with `ts`. NotFound only where nothing tells of such a save; Unavailable where a
 * marker or `latest.json` does and its manifest is not there.
 */
export async function loadStep(
  store: ObjectStore,
  step: number,
  ts: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Manifest> {
  const { saves } = ts === undefined ? await knownSaves(store, signal) : { saves: [{ step, ts }] };
  for (const id of saves.filter((save) => save.step === step)) {
    try {
      return await loadManifest(store, id, signal);
    } catch (error) {
      if (!isObjectStoreError(error, "NotFound")) throw error;
      const witness = await witnessOf(store, id, signal);
      if (witness !== undefined) throw withoutManifest(store, id, witness);
    }
  }
  throw new ObjectStoreError("NotFound", `there is no checkpoint of step ${step} below ${store.uri}`, {
    operation: "byStep",
  });
}

/** Builds the error for a save that was committed, as `witness` tells, and whose manifest the store does not give. */
function withoutManifest(store: ObjectStore, id: SaveId, witness: string): ObjectStoreError {
  const uri = store.uriOf(manifestKey(id));
  const message = `${witness} tells of a checkpoint of step ${id.step}, but ${uri} is not there`;
  return new ObjectStoreError("Unavailable", message, { operation: "byStep", uri });
}

function isSame(first: SaveId | undefined, second: SaveId | undefined): boolean {
  if (first === undefined || second === undefined) return first === second;
  return compareSaves(first, second) === 0;
}
