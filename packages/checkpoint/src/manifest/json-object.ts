import { type ObjectInfo, type ObjectStore, ObjectStoreError } from "@sluice/core";
import * as v from "valibot";
import { repeatedName } from "./repeated-name.js";

/** No JSON of a checkpoint may be longer: a manifest of 100,000 ranks has about 25 MiB. */
export const MAX_JSON_BYTES: number = 64 << 20;

export interface JsonObject<T> {
  readonly value: T;
  readonly info: ObjectInfo;
}

/**
 * A small JSON object of the store, checked against a schema. ChecksumMismatch if it is longer than {@link MAX_JSON_BYTES},
 * is no JSON, or has another shape; the message says where.
 */
export async function readJson<T>(
  store: ObjectStore,
  key: string,
  schema: v.GenericSchema<unknown, T>,
  signal: AbortSignal | undefined,
): Promise<JsonObject<T>> {
  const object = await store.get(key, signal === undefined ? {} : { signal });
  if (object.info.size > MAX_JSON_BYTES) {
    await object.cancel();
    throw damagedJson(object.info.uri, `is ${object.info.size} bytes long, the limit is ${MAX_JSON_BYTES}`);
  }
  const bytes = await object.bytes();
  return { value: parseJson(bytes, schema, object.info.uri), info: object.info };
}

/** Bytes from outside as a value of the schema; else ChecksumMismatch. */
function parseJson<T>(bytes: Uint8Array, schema: v.GenericSchema<unknown, T>, uri: string): T {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw damagedJson(uri, "is no JSON");
  }
  const twice = repeatedName(text);
  if (twice !== undefined) throw damagedJson(uri, `has the name ${JSON.stringify(twice)} twice in one object`);
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw damagedJson(uri, `${v.getDotPath(issue) ?? "the document"}: ${issue.message}`);
}

/** An object whose content is not what it must be. */
export function damagedJson(uri: string, problem: string): ObjectStoreError {
  return new ObjectStoreError("ChecksumMismatch", `${uri}: ${problem}`, { operation: "readCheckpoint", uri });
}

/** The text as s3dlio writes JSON: indented by two. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
