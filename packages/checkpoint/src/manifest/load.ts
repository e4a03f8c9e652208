import type { ObjectStore } from "@sluice/core";
import { manifestKey } from "../layout/keys.js";
import type { SaveId } from "../layout/save-id.js";
import { manifestFromJson, manifestProblem } from "./convert.js";
import { damagedJson, readJson } from "./json-object.js";
import type { Manifest } from "./manifest.js";
import { manifestSchema } from "./schema.js";

/** A committed save's manifest: NotFound if there is none, ChecksumMismatch with what is wrong if it is not valid. */
export async function loadManifest(store: ObjectStore, id: SaveId, signal: AbortSignal | undefined): Promise<Manifest> {
  const { value, info } = await readJson(store, manifestKey(id), manifestSchema, signal);
  const problem = manifestProblem(value, id);
  if (problem !== undefined) throw damagedJson(info.uri, problem);
  return manifestFromJson(value, id);
}
