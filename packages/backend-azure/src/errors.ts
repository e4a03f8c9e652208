import { RestError } from "@azure/storage-blob";
import {
  codeOfConnection,
  codeOfStatus,
  type ErrorCode,
  isObjectStoreError,
  ObjectStoreError,
  withoutSecrets,
} from "@sluice/core";

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
  BlobArchived: "the object is archived: set its tier to Hot or Cool and wait until it is rehydrated",
};

/** An answer of the service that is an error. */
export function fromServiceFailure(status: number, code = "", message = "", requestId?: string): ObjectStoreError {
  const text = [code || `status ${status}`, REMEDIES[code] ?? firstLine(message)].filter(Boolean).join(": ");
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
  if (error instanceof RestError && error.statusCode !== undefined && error.response !== undefined) {
    const { headers, status } = error.response;
    const serviceCode = headers.get("x-ms-error-code") ?? error.code;
    return fromServiceFailure(status, serviceCode, message, headers.get("x-ms-request-id"));
  }
  const text = firstLine(message ?? String(error));
  const ofSdk = name === "AuthenticationRequiredError" ? "Unauthenticated" : "Internal";
  const kind = CUT.test(code) ? "Unavailable" : (codeOfConnection(code) ?? ofSdk);
  const cause = Object.assign(new Error(text), { name: name ?? "Error", code });
  return new ObjectStoreError(kind, text, { cause });
}

/** The service's texts go on with request id and time. */
function firstLine(message: string): string {
  return withoutSecrets(message.split("\n", 1)[0] ?? "");
}
