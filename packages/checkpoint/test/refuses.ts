import { type ErrorCode, isObjectStoreError } from "@sluice/core";
import { expect } from "vitest";

/** Expects an ObjectStoreError of this code, whose message holds this text; gives it. */
export async function refuses(
  work: Promise<unknown> | (() => unknown),
  code: ErrorCode,
  text: string | RegExp = "",
): Promise<Error> {
  const error = await (async () => (typeof work === "function" ? work() : work))().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isObjectStoreError(error)) throw new Error(`expected ${code}, got ${String(error)}`, { cause: error });
  expect(error.code, error.message).toBe(code);
  if (typeof text === "string") expect(error.message).toContain(text);
  else expect(error.message).toMatch(text);
  return error;
}
