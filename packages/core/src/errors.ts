/**
 * What went wrong, as far as a caller would act differently on it.
 * docs/errors.md says for each code what to do next.
 */
export type ErrorCode =
  | "NotFound"
  | "AlreadyExists"
  | "PreconditionFailed"
  | "InvalidArgument"
  | "InvalidState"
  | "Unsupported"
  | "PermissionDenied"
  | "Unauthenticated"
  | "ChecksumMismatch"
  | "Unavailable"
  | "Timeout"
  | "Aborted"
  | "NoSpace"
  | "Internal";

export interface ErrorDetails {
  /** The public method that failed, such as `createWriter`. */
  readonly operation?: string | undefined;
  /** The object's or store's URI, without credentials or query. */
  readonly uri?: string | undefined;
  /** The backend's name, such as `fs`. */
  readonly backend?: string | undefined;
  /** Whether the same call may succeed later; by default true for Unavailable and Timeout alone. */
  readonly retryable?: boolean | undefined;
  /** The HTTP status of the answer, where there was one. */
  readonly statusCode?: number | undefined;
  /** The server's name for the request, where it gave one. */
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
  /** ChecksumMismatch only: what the data should have been. */
  readonly expected?: string | undefined;
  /** ChecksumMismatch only: what the data was. */
  readonly actual?: string | undefined;
  /** ChecksumMismatch only: how many bytes were read before it was known. */
  readonly bytes?: number | undefined;
}

const BRAND: symbol = Symbol.for("@sluice/core.ObjectStoreError");

/** The one error class of every package: recognise it with {@link isObjectStoreError}, then switch on `code`. */
export class ObjectStoreError extends Error {
  readonly code: ErrorCode;
  readonly operation: string | undefined;
  readonly uri: string | undefined;
  readonly backend: string | undefined;
  readonly retryable: boolean;
  readonly statusCode: number | undefined;
  readonly requestId: string | undefined;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
  readonly bytes: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    Object.defineProperty(this, BRAND, { value: true });
    this.name = "ObjectStoreError";
    this.code = code;
    this.operation = details.operation;
    this.uri = details.uri;
    this.backend = details.backend;
    this.retryable = details.retryable ?? (code === "Unavailable" || code === "Timeout");
    this.statusCode = details.statusCode;
    this.requestId = details.requestId;
    this.expected = details.expected;
    this.actual = details.actual;
    this.bytes = details.bytes;
  }
}

/** Whether `value` is an ObjectStoreError of any copy of this package, with `code` if one is given. */
export function isObjectStoreError(value: unknown, code?: ErrorCode): value is ObjectStoreError {
  if (typeof value !== "object" || value === null || !(BRAND in value)) return false;
  return code === undefined || (value as ObjectStoreError).code === code;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * `error` as an ObjectStoreError: itself, with what it lacks of operation, URI and backend filled in, or an Internal one
 * that carries it as its cause.
 */
export function toObjectStoreError(error: unknown, details: ErrorDetails): ObjectStoreError {
  if (isObjectStoreError(error)) {
    const known = error as Writable<ObjectStoreError>;
    known.operation ??= details.operation;
    known.uri ??= details.uri;
    known.backend ??= details.backend;
    return error;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new ObjectStoreError("Internal", reason, { ...details, cause: error });
}
