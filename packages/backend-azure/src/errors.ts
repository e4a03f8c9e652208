import type { RestError } from "@azure/storage-blob";
import {
  codeOfConnection,
  codeOfStatus,
  type ErrorCode,
  isObjectStoreError,
  ObjectStoreError,
  withoutSecrets,
} from "@sluice/core";
import { notOfService } from "./answer.js";

/** Codes of the service that say more than their status. https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const BY_SERVICE_CODE: Readonly<Record<string, ErrorCode>> = {
  AuthenticationFailed: "Unauthenticated",
  InvalidAuthenticationInfo: "Unauthenticated",
  BlobAlreadyExists: "AlreadyExists",
  ContainerAlreadyExists: "AlreadyExists",
  ContainerBeingDeleted: "Unavailable",
  Md5Mismatch: "ChecksumMismatch",
  Crc64Mismatch: "ChecksumMismatch",
  OperationTimedOut: "Timeout",
  InvalidBlobOrBlock: "InvalidState",
  LeaseIdMissing: "InvalidState",
};

/** Errors of the SDK's pipeline where a connection or an answer was cut. */
const CUT = /^(REQUEST_SEND_ERROR|PARSE_ERROR|ERR_STREAM_PREMATURE_CLOSE)$/;

/** What to do about codes of the service that do not say it themselves. */
const REMEDIES: Readonly<Record<string, string>> = {
  InvalidBlobOrBlock:
    "another program left blocks with ids of another length under this name; Azure drops them a week after the last one",
  LeaseIdMissing: "the object is leased by somebody else",
  ContainerNotFound: "there is no such container",
  BlobArchived: "the object is archived: set its tier to Hot or Cool and wait until it is rehydrated",
};

/** An answer of the service that is an error. */
export function fromServiceFailure(status: number, code: string, message = "", requestId?: string): ObjectStoreError {
  if (status < 300) return notOfService(`an answer has status ${status} and the error ${code}`, status);
  const text = [code, REMEDIES[code] ?? firstLine(message)].filter(Boolean).join(": ");
  const known = BY_SERVICE_CODE[code] ?? (status === 409 ? "InvalidState" : codeOfStatus(status));
  const cause = Object.assign(new Error(text), { code });
  return new ObjectStoreError(known ?? "Internal", text, { statusCode: status, requestId, cause });
}

/**
 * Whatever the SDK throws, as an ObjectStoreError. Its own errors hold the request with its signature, so they are not passed
 * on: the cause has their text without credentials.
 */
export function fromAzureError(error: unknown): ObjectStoreError {
  if (isObjectStoreError(error)) return error;
  const { message, code = "", name } = (error ?? {}) as { message?: string; code?: string; name?: string };
  const answer = answerOf(error);
  if (answer !== undefined) {
    const { headers, status } = answer;
    const serviceCode = serviceCodeOf(error);
    if (serviceCode === undefined) return fromNobody(status);
    return fromServiceFailure(status, serviceCode, message, headers.get("x-ms-request-id"));
  }
  const text = firstLine(message ?? String(error));
  const ofSdk = name === "AuthenticationRequiredError" ? "Unauthenticated" : "Internal";
  const kind = CUT.test(code) ? "Unavailable" : (codeOfConnection(code) ?? ofSdk);
  const cause = Object.assign(new Error(text), { name: name ?? "Error", code });
  return new ObjectStoreError(kind, text, { cause });
}

/** The code by which the service says what is wrong, in each of its answers that is an error; undefined in those of others. */
export function serviceCodeOf(error: unknown): string | undefined {
  return answerOf(error)?.headers.get("x-ms-error-code") || undefined;
}

/** The status of an answer that the SDK takes for an error; undefined where there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return answerOf(error)?.status;
}

/** Found by name, since the caller's client may come from another copy of the SDK. */
function answerOf(error: unknown): RestError["response"] {
  const { name, response } = (error ?? {}) as Partial<RestError>;
  return name === "RestError" ? response : undefined;
}

/** An error, or an answer that can't be read, of whatever stands between: it proves nothing of the object. */
function fromNobody(status: number): ObjectStoreError {
  if (codeOfStatus(status) !== "Timeout")
    return notOfService(`an answer has status ${status} and no x-ms-error-code`, status);
  return new ObjectStoreError("Timeout", `an answer has status ${status}`, { statusCode: status });
}

/** The service's texts go on with request id and time. */
function firstLine(message: string): string {
  return withoutSecrets(message.split("\n", 1)[0] ?? "");
}
