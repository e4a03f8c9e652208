import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { isObjectStoreError, ObjectStoreError, toObjectStoreError } from "../src/index.js";

test("an error is recognised by brand, also one of another copy of the package", () => {
  const foreign = runInNewContext(
    `const e = new Error("x"); e.code = "NotFound"; e[Symbol.for("@sluice/core.ObjectStoreError")] = true; e`,
  );
  expect(isObjectStoreError(foreign)).toBe(true);
  expect(isObjectStoreError(foreign, "NotFound")).toBe(true);
  expect(isObjectStoreError(foreign, "Timeout")).toBe(false);
  for (const other of [new Error("x"), { code: "NotFound" }, null, undefined, "NotFound"]) {
    expect(isObjectStoreError(other)).toBe(false);
  }
});

test("what an error lacks is filled in, what it has is kept", () => {
  const error = new ObjectStoreError("NotFound", "x", { operation: "head" });
  expect(toObjectStoreError(error, { operation: "get", uri: "s3://b/k", backend: "s3" })).toBe(error);
  expect(error).toMatchObject({ operation: "head", uri: "s3://b/k", backend: "s3", retryable: false });
});

test("any other error becomes an Internal one that carries it", () => {
  const cause = new TypeError("surprise");
  expect(toObjectStoreError(cause, { operation: "get" })).toMatchObject({
    code: "Internal",
    cause,
    message: "surprise",
  });
});

test("Unavailable and Timeout may be tried again unless they say otherwise", () => {
  expect(new ObjectStoreError("Unavailable", "x").retryable).toBe(true);
  expect(new ObjectStoreError("Timeout", "x").retryable).toBe(true);
  expect(new ObjectStoreError("Timeout", "x", { retryable: false }).retryable).toBe(false);
  expect(new ObjectStoreError("NoSpace", "x").retryable).toBe(false);
});
