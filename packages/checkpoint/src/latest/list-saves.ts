import type { ObjectStore } from "@sluice/core";
import { MANIFESTS, saveOfJsonKey } from "../layout/keys.js";
import { compareSaves, type SaveId } from "../layout/save-id.js";

/** The saves that have an object under `prefix` (manifests, unless told otherwise), the newest first. */
export async function listSaves(
  store: ObjectStore,
  signal: AbortSignal | undefined,
  prefix: string = MANIFESTS,
): Promise<SaveId[]> {
  const saves: SaveId[] = [];
  for await (const entry of store.list({ prefix, ...(signal !== undefined && { signal }) })) {
    const id = entry.kind === "object" ? saveOfJsonKey(entry.key) : undefined;
    if (id !== undefined) saves.push(id);
  }
  return saves.sort((a, b) => compareSaves(b, a));
}
