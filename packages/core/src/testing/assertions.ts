import assert from "node:assert/strict";
import { type ErrorCode, isObjectStoreError, type ObjectStoreError } from "../errors.js";
import type { ListOptions, ObjectStore } from "../store.js";

/**
 * Asserts that a call rejects with an ObjectStoreError of one of the codes, and returns it. A call that throws instead of
 * rejecting fails the assertion too.
 */
export async function expectError(
  codes: ErrorCode | readonly ErrorCode[],
  what: string,
  call: () => Promise<unknown>,
): Promise<ObjectStoreError> {
  const expected = typeof codes === "string" ? [codes] : codes;
  let promise: Promise<unknown>;
  try {
    promise = call();
  } catch (error) {
    throw new assert.AssertionError({ message: `${what} threw ${String(error)} instead of rejecting` });
  }
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in outcome) assert.fail(`${what} resolved, expected ${expected.join(" or ")}`);
  const { error } = outcome;
  const reason = error instanceof Error ? error.message : String(error);
  if (!isObjectStoreError(error)) assert.fail(`${what} rejected with no ObjectStoreError: ${reason}`);
  if (!expected.includes(error.code)) {
    assert.fail(`${what} rejected with ${error.code} (${reason}), expected ${expected.join(" or ")}`);
  }
  return error;
}

/** Asserts that two byte arrays are equal; says where they first differ instead of printing them. */
export function expectBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  if (Buffer.compare(actual, expected) === 0) return;
  const shorter = Math.min(actual.byteLength, expected.byteLength);
  let offset = 0;
  while (offset < shorter && actual[offset] === expected[offset]) offset++;
  assert.fail(
    `${what}: got ${actual.byteLength} bytes, expected ${expected.byteLength}; they first differ at offset ${offset}`,
  );
}

/** Asserts that an object holds exactly these stored bytes, and that `head` agrees. */
export async function expectObject(store: ObjectStore, key: string, expected: Uint8Array | string): Promise<void> {
  const bytes = typeof expected === "string" ? Buffer.from(expected) : expected;
  expectBytes(await (await store.get(key)).bytes(), bytes, `object ${JSON.stringify(key)}`);
  assert.equal((await store.head(key)).size, bytes.byteLength, `head size of ${JSON.stringify(key)}`);
}

/** Asserts that nothing is visible under a key by any of the ways to look. */
export async function expectMissing(store: ObjectStore, key: string): Promise<void> {
  const name = JSON.stringify(key);
  await expectError("NotFound", `head of missing ${name}`, () => store.head(key));
  await expectError("NotFound", `get of missing ${name}`, () => store.get(key));
  assert.equal(await store.exists(key), false, `exists of missing ${name}`);
  assert.ok(!(await listed(store)).includes(key), `${name} is listed`);
}

/** What a listing yields: keys and prefixes, in its order. */
export async function listed(store: ObjectStore, options: ListOptions = {}): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of store.list(options)) names.push(entry.kind === "object" ? entry.key : entry.prefix);
  return names;
}

/** Asserts that a listing yields exactly these keys and prefixes, in this order. */
export async function expectListed(
  store: ObjectStore,
  expected: readonly string[],
  options: ListOptions = {},
): Promise<void> {
  assert.deepEqual(await listed(store, options), expected, `list ${JSON.stringify(options)}`);
}
