import { type ErrorCode, isObjectStoreError } from "@sluice/core";
import { expect } from "vitest";

/** Asserts that `call` throws an ObjectStoreError of `code` whose message matches. */
export function refuses(call: () => unknown, code: ErrorCode, message: RegExp): void {
  let thrown: unknown = "nothing was thrown";
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expectError(thrown, code, message);
}

/** Asserts that `promise` rejects with an ObjectStoreError of `code` whose message matches. */
export async function rejects(promise: Promise<unknown>, code: ErrorCode, message: RegExp): Promise<void> {
  const outcome = await promise.then(
    () => "it resolved",
    (error: unknown) => error,
  );
  expectError(outcome, code, message);
}

function expectError(error: unknown, code: ErrorCode, message: RegExp): void {
  expect(isObjectStoreError(error), String(error)).toBe(true);
  expect((error as { code: ErrorCode }).code).toBe(code);
  expect((error as Error).message).toMatch(message);
}
