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
  declare readonly code: ErrorCode;
  declare readonly retryable: boolean;
  declare readonly operation?: string;
  declare readonly uri?: string;
  declare readonly backend?: string;
  declare readonly statusCode?: number;
  declare readonly requestId?: string;
  declare readonly expected?: string;
  declare readonly actual?: string;
  declare readonly bytes?: number;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    const { cause, retryable = code === "Unavailable" || code === "Timeout", ...rest } = details;
    super(message, cause === undefined ? undefined : { cause });
    Object.defineProperty(this, BRAND, { value: true });
    Object.defineProperty(this, "name", { value: "ObjectStoreError" });
    const known = Object.entries(rest).filter(([, value]) => value !== undefined);
    Object.assign(this, { code, retryable, ...Object.fromEntries(known) });
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
    for (const name of ["operation", "uri", "backend"] as const) {
      if (known[name] === undefined && details[name] !== undefined) known[name] = details[name];
    }
    return error;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new ObjectStoreError("Internal", reason, { ...details, cause: error });
}
