import { isObjectStoreError } from "@sluice/core";
import { expect, test } from "vitest";
import { attemptsOf, fromS3Error } from "../src/errors.js";

const context = { bucket: "bucket", key: "key" };

test.each<[string, number | undefined, string]>([
  ["NoSuchKey", 404, "NotFound"],
  ["NoSuchBucket", 404, "NotFound"],
  ["NoSuchUpload", 404, "NotFound"],
  ["PreconditionFailed", 412, "PreconditionFailed"],
  ["BadDigest", 400, "ChecksumMismatch"],
  ["XAmzContentSHA256Mismatch", 400, "ChecksumMismatch"],
  ["AccessDenied", 403, "PermissionDenied"],
  // Of one key of DeleteObjects: without a status.
  ["AccessDenied", undefined, "PermissionDenied"],
  ["InternalError", undefined, "Unavailable"],
  ["ServiceUnavailable", undefined, "Unavailable"],
  ["InvalidObjectState", 403, "InvalidState"],
  ["InvalidAccessKeyId", 403, "Unauthenticated"],
  ["SignatureDoesNotMatch", 403, "Unauthenticated"],
  ["ExpiredToken", 400, "Unauthenticated"],
  ["SlowDown", 503, "Unavailable"],
  ["InternalError", 500, "Unavailable"],
  ["Unknown", 502, "Unavailable"],
  ["TooManyRequestsException", 429, "Unavailable"],
  ["RequestTimeout", 400, "Timeout"],
  ["TimeoutError", undefined, "Timeout"],
  ["NotImplemented", 501, "Unsupported"],
  ["EntityTooLarge", 400, "Unsupported"],
  ["QuotaExceeded", 403, "NoSpace"],
  ["InvalidStorageClass", 400, "InvalidArgument"],
  ["PermanentRedirect", 301, "InvalidArgument"],
  ["BucketNotEmpty", 409, "InvalidState"],
  ["BucketAlreadyOwnedByYou", 409, "AlreadyExists"],
  ["TypeError", undefined, "Internal"],
])("%s (%s) is %s, with status and request id", (name, httpStatusCode, code) => {
  const native = Object.assign(new Error("said"), { name, $metadata: { httpStatusCode, requestId: "r-1" } });
  const error = fromS3Error(native, context);
  expect(isObjectStoreError(error)).toBe(true);
  expect(error).toMatchObject({ code, requestId: "r-1", cause: native });
  expect(error.statusCode).toBe(httpStatusCode);
  expect(error.retryable).toBe(code === "Unavailable" || code === "Timeout");
});

test.each(["ECONNRESET", "ECONNREFUSED", "EPIPE", "ENOTFOUND", "HPE_INVALID_CONSTANT"])(
  "a connection that fails with %s is Unavailable, though the SDK may call it a timeout",
  (code) => {
    const native = Object.assign(new Error("x"), { name: "TimeoutError", code });
    expect(fromS3Error(native, context).code).toBe("Unavailable");
  },
);

test("412 is AlreadyExists where ifNotExists was asked for", () => {
  const native = { name: "PreconditionFailed", $metadata: { httpStatusCode: 412 } };
  expect(fromS3Error(native, { ...context, ifNotExists: true }).code).toBe("AlreadyExists");
});

test("a missing bucket is named", () => {
  expect(fromS3Error({ name: "NoSuchBucket", $metadata: { httpStatusCode: 404 } }, context).message).toContain(
    '"bucket"',
  );
});

test("a bucket elsewhere says where", () => {
  const native = { name: "PermanentRedirect", Region: "eu-west-1", $metadata: { httpStatusCode: 301 } };
  expect(fromS3Error(native, context).message).toContain("eu-west-1");
});

test("an abort is what its signal says", () => {
  const signal = AbortSignal.abort(new Error("enough"));
  const error = fromS3Error(new Error("AbortError"), { ...context, signal });
  expect(error.code).toBe("Aborted");
  expect((error.cause as Error).message).toBe("enough");
});

test("no query, signature or request survives in what can be printed", () => {
  const secret = "AKIAEXAMPLE";
  const native = Object.assign(
    new Error(`GET https://h/b/k?X-Amz-Credential=${secret} Signature=${secret} X-Amz-Security-Token: ${secret}`),
    { name: "Odd", $response: { body: { req: { headers: { authorization: secret } } } }, $metadata: {} },
  );
  const error = fromS3Error(native, context);
  expect(error.message).not.toContain(secret);
  expect(native.$response.body).toBeUndefined();
});

test("attempts are told by the cause", () => {
  const error = fromS3Error({ name: "NoSuchUpload", $metadata: { httpStatusCode: 404, attempts: 3 } }, context);
  expect(attemptsOf(error)).toBe(3);
  expect(attemptsOf(new Error("other"))).toBe(1);
});

test("a write over a version that is gone is PreconditionFailed, and the missing bucket of one NotFound", () => {
  const replaces = { ...context, replaces: '"etag"' };
  const native = (name: string) => Object.assign(new Error("said"), { name, $metadata: { httpStatusCode: 404 } });
  expect(fromS3Error(native("NoSuchKey"), replaces).code).toBe("PreconditionFailed");
  expect(fromS3Error(native("NoSuchBucket"), replaces).code).toBe("NotFound");
});
