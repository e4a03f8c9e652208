import type { ObjectStore } from "@sluice/core";
import { LATEST_KEY, MANIFESTS, MARKERS, markerKey, saveOfJsonKey } from "../layout/keys.js";
import { compareSaves, type SaveId } from "../layout/save-id.js";
import { type LatestPointer, readLatest } from "./pointer.js";

/** A save of which at least one object tells that it was committed. */
interface KnownSave extends SaveId {
  /** Whether the listing of manifests has it; else only its marker, or `latest.json`, tells of it. */
  readonly isListed: boolean;
}

export interface KnownSaves {
  readonly pointer: LatestPointer;
  /** From new to old. */
  readonly saves: readonly KnownSave[];
}

/**
 * All saves that a manifest, a marker or `latest.json` tells of. A listing that ends early takes none of them away as long as one
 * of the three still tells of the save; its manifest is then asked for by name. The manifests are listed last: what is committed
 * meanwhile is in that listing too.
 */
export async function knownSaves(store: ObjectStore, signal: AbortSignal | undefined): Promise<KnownSaves> {
  const pointer = await readLatest(store, signal);
  const told = pointer.kind === "save" ? [pointer.id] : [];
  const marked = await listSaves(store, MARKERS, signal);
  const byName = new Map<string, KnownSave>();
  for (const { step, ts } of [...told, ...marked]) byName.set(markerKey({ step, ts }), { step, ts, isListed: false });
  for (const id of await listSaves(store, MANIFESTS, signal)) byName.set(markerKey(id), { ...id, isListed: true });
  return { pointer, saves: [...byName.values()].sort((a, b) => compareSaves(b, a)) };
}

/** The saves that have an object below `prefix`, the newest first. */
export async function listSaves(
  store: ObjectStore,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<SaveId[]> {
  const saves: SaveId[] = [];
  for await (const entry of store.list({ prefix, ...(signal !== undefined && { signal }) })) {
    const id = entry.kind === "object" ? saveOfJsonKey(entry.key) : undefined;
    if (id !== undefined) saves.push(id);
  }
  return saves.sort((a, b) => compareSaves(b, a));
}

/** The key that tells of a save whose manifest is not there; undefined if nothing does any more, as after a prune. */
export async function witnessOf(
  store: ObjectStore,
  id: SaveId,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (await store.exists(markerKey(id), signal === undefined ? {} : { signal })) return markerKey(id);
  const pointer = await readLatest(store, signal);
  return pointer.kind === "save" && compareSaves(pointer.id, id) === 0 ? LATEST_KEY : undefined;
}
