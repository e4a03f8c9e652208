import { isObjectStoreError, type ObjectStore } from "@sluice/core";
import { LATEST_KEY, manifestKey, saveOfJsonKey } from "../layout/keys.js";
import type { SaveId } from "../layout/save-id.js";
import { readJson, toJsonText } from "../manifest/json-object.js";
import { latestSchema } from "../manifest/schema.js";

/** What `latest.json` says: a save, nothing, or nothing that can be read. */
export type LatestPointer =
  | { readonly kind: "save"; readonly id: SaveId; readonly etag: string }
  | { readonly kind: "absent"; readonly problem: string }
  | { readonly kind: "damaged"; readonly problem: string; readonly etag: string };

export async function readLatest(store: ObjectStore, signal: AbortSignal | undefined): Promise<LatestPointer> {
  const uri = store.uriOf(LATEST_KEY);
  try {
    const { value, info } = await readJson(store, LATEST_KEY, latestSchema, signal);
    const id = saveOfJsonKey(value.manifest_key);
    if (id?.step === value.global_step && manifestKey(id) === value.manifest_key) {
      return { kind: "save", id, etag: info.etag };
    }
    const problem = `${uri}: ${JSON.stringify(value.manifest_key)} is no manifest of step ${value.global_step}`;
    return { kind: "damaged", problem, etag: info.etag };
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return { kind: "absent", problem: `${uri} is missing` };
    if (!isObjectStoreError(error, "ChecksumMismatch")) throw error;
    return await damagedPointer(store, error.message, signal);
  }
}

async function damagedPointer(
  store: ObjectStore,
  problem: string,
  signal: AbortSignal | undefined,
): Promise<LatestPointer> {
  const { etag } = await store.head(LATEST_KEY, signal === undefined ? {} : { signal });
  return { kind: "damaged", problem, etag };
}

/** The document of `latest.json`, and of a marker. */
export function latestText(id: SaveId): string {
  return toJsonText({ manifest_key: manifestKey(id), global_step: id.step, ts: id.ts });
}
