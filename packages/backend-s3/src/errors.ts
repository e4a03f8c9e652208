import {
  abortedError,
  codeOfConnection,
  codeOfStatus,
  type ErrorCode,
  isObjectStoreError,
  ObjectStoreError,
  withoutSecrets,
} from "@sluice/core";

/** What of an error of the SDK is looked at. */
interface NativeError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly Region?: string;
  readonly $response?: { body?: unknown };
  readonly $metadata?: {
    readonly httpStatusCode?: number;
    readonly requestId?: string;
    readonly attempts?: number;
  };
}

export interface S3ErrorContext {
  readonly bucket: string;
  readonly key?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** A 412 then means that there is an object already. */
  readonly ifNotExists?: boolean | undefined;
  /** The request writes, and only over the version with this etag: a missing object is then another version. */
  readonly replaces?: string | undefined;
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  NotFromS3: "Unavailable",
  NoSuchKey: "NotFound",
  NoSuchVersion: "NotFound",
  NotFound: "NotFound",
  NoSuchBucket: "NotFound",
  NoSuchUpload: "NotFound",
  BucketAlreadyExists: "AlreadyExists",
  BucketAlreadyOwnedByYou: "AlreadyExists",
  BucketNotEmpty: "InvalidState",
  InvalidObjectState: "InvalidState",
  ConditionalRequestConflict: "Unavailable",
  OperationAborted: "Unavailable",
  BadDigest: "ChecksumMismatch",
  InvalidDigest: "ChecksumMismatch",
  XAmzContentSHA256Mismatch: "ChecksumMismatch",
  XAmzContentChecksumMismatch: "ChecksumMismatch",
  AccessDenied: "PermissionDenied",
  InvalidAccessKeyId: "Unauthenticated",
  SignatureDoesNotMatch: "Unauthenticated",
  ExpiredToken: "Unauthenticated",
  InvalidToken: "Unauthenticated",
  RequestTimeTooSkewed: "Unauthenticated",
  CredentialsProviderError: "Unauthenticated",
  TokenProviderError: "Unauthenticated",
  RequestTimeout: "Timeout",
  SlowDown: "Unavailable",
  InternalError: "Unavailable",
  ServiceUnavailable: "Unavailable",
  EntityTooLarge: "Unsupported",
  NotImplemented: "Unsupported",
  MethodNotAllowed: "Unsupported",
  QuotaExceeded: "NoSpace",
  XMinioStorageFull: "NoSpace",
};

/** What S3 means by a status, where that is not what others mean. */
const STATUS_CODES: Readonly<Record<number, ErrorCode>> = {
  301: "InvalidArgument",
  307: "Unavailable",
  409: "Unavailable",
};

/** An error of the SDK as one of core's, with status and request id. Its message never holds a header or a query. */
export function fromS3Error(error: unknown, context: S3ErrorContext): ObjectStoreError {
  if (isObjectStoreError(error)) return error;
  const { signal } = context;
  if (signal?.aborted === true) {
    return isObjectStoreError(signal.reason) ? signal.reason : abortedError("the request", signal);
  }
  const native = (typeof error === "object" && error !== null ? error : {}) as NativeError;
  const code = codeOf(native, context);
  // It leads to the request with its signature, which some loggers would print with the cause.
  if (native.$response !== undefined) native.$response.body = undefined;
  return new ObjectStoreError(code, messageOf(native, code, context), {
    statusCode: native.$metadata?.httpStatusCode,
    requestId: native.$metadata?.requestId,
    cause: error,
  });
}

/** How often the failed request was sent; 1 where that is not known. */
export function attemptsOf(error: unknown): number {
  const cause = isObjectStoreError(error) ? error.cause : error;
  return (cause as NativeError | undefined)?.$metadata?.attempts ?? 1;
}

function codeOf(native: NativeError, { ifNotExists, replaces }: S3ErrorContext): ErrorCode {
  const { name = "", code = "" } = native;
  const status = native.$metadata?.httpStatusCode ?? 0;
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html: a 404 where nothing is there to replace.
  if (replaces !== undefined && name === "NoSuchKey") return "PreconditionFailed";
  const named = CODES[name];
  if (named !== undefined) return named;
  if (status === 412) return ifNotExists === true ? "AlreadyExists" : "PreconditionFailed";
  // The SDK calls most failures of a connection TimeoutError.
  const known = codeOfConnection(code) ?? (name === "TimeoutError" ? "Timeout" : STATUS_CODES[status]);
  const byStatus = known ?? codeOfStatus(status);
  if (byStatus !== undefined) return byStatus;
  // An answer that began well and can't be read to its end, or is no XML there, was cut on the way; so was one without S3's code.
  if (status >= 200 && (status < 400 || name === "" || name === "Unknown" || name === "Error")) return "Unavailable";
  return isParseFailure(native) ? "Unavailable" : "Internal";
}

function isParseFailure({ name, message = "" }: NativeError): boolean {
  return name === "SyntaxError" || /deserialization|Unclosed|unexpected end|aborted|socket hang up/i.test(message);
}

const AUTHENTICATION = /^(Unauthenticated|PermissionDenied)$/;

function messageOf(native: NativeError, code: ErrorCode, { bucket, key }: S3ErrorContext): string {
  const { name = "", message = "", Region } = native;
  const status = native.$metadata?.httpStatusCode;
  const answer = [name, status].filter((part) => part !== undefined && part !== "" && part !== "Error").join(" ");
  const suffix = answer === "" ? "" : ` (${answer})`;
  if (name === "NoSuchBucket") return `there is no bucket ${JSON.stringify(bucket)}${suffix}`;
  if (name === "BucketNotEmpty") return `the bucket ${JSON.stringify(bucket)} is not empty${suffix}`;
  if (name === "NoSuchUpload") return `the upload is gone: aborted by someone, or swept${suffix}`;
  if (name === "CredentialsProviderError")
    return "no credentials were found: give credentials or a profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  if (status === 301 || name === "AuthorizationHeaderMalformed")
    return `the bucket ${JSON.stringify(bucket)} is in ${Region ?? "another region"}; give it as region${suffix}`;
  if (code === "NotFound") {
    const what = key === undefined ? `bucket ${JSON.stringify(bucket)}` : `object ${JSON.stringify(key)}`;
    return `there is no ${what}${suffix}`;
  }
  if (code === "AlreadyExists" && key !== undefined) return `${JSON.stringify(key)} exists already${suffix}`;
  if (code === "PreconditionFailed") return `${JSON.stringify(key ?? bucket)} is another version${suffix}`;
  // What servers say about signatures may quote what was signed.
  if (AUTHENTICATION.test(code)) return `the server refused the request${suffix}`;
  const said = message === "" || message === "UnknownError" ? "the request failed" : withoutSecrets(message);
  return `${said}${suffix}`;
}

/** The server's checksum of what it got is not that of what was sent. */
export function arrivedDamaged(what: string, expected: string, actual: string): ObjectStoreError {
  const message = `${what} did not arrive at the server as it was sent`;
  return new ObjectStoreError("ChecksumMismatch", message, { expected, actual });
}
