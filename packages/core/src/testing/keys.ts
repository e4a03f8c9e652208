import assert from "node:assert/strict";
import { isObjectStoreError } from "../errors.js";
import type { ObjectStore } from "../store.js";
import { expectListed, expectMissing, expectObject } from "./assertions.js";

/** Puts all keys before it looks at any, so that two that mean the same to the store cannot hide it. */
export async function expectKept(store: ObjectStore, keys: readonly string[]): Promise<void> {
  for (const key of keys) assert.equal((await store.put(key, key)).key, key);
  await expectHeld(store, keys);
}

/** Looks at every key, then deletes it; the store holds nothing else. */
export async function expectHeld(store: ObjectStore, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await expectObject(store, key, key);
    assert.equal((await store.head(key)).uri, store.uriOf(key));
  }
  await expectListed(store, [...keys].sort(byUtf8));
  for (const key of keys) {
    await store.delete(key);
    await expectMissing(store, key);
  }
}

/** Whether the store took the key; any other refusal than InvalidArgument is an error. */
export async function putOrRefused(store: ObjectStore, key: string, content: string): Promise<boolean> {
  try {
    await store.put(key, content);
    return true;
  } catch (error) {
    if (isObjectStoreError(error, "InvalidArgument")) return false;
    throw error;
  }
}

/** The order of keys in a listing. */
export function byUtf8(first: string, second: string): number {
  return Buffer.compare(Buffer.from(first), Buffer.from(second));
}
