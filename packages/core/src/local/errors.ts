import { type ErrorCode, isObjectStoreError, ObjectStoreError } from "../errors.js";

/** What a Node file system error means to a caller; docs/errors.md has the same table. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: "NotFound",
  EEXIST: "AlreadyExists",
  EACCES: "PermissionDenied",
  EPERM: "PermissionDenied",
  EROFS: "PermissionDenied",
  ENOSPC: "NoSpace",
  EDQUOT: "NoSpace",
  EFBIG: "NoSpace",
  EMFILE: "Unavailable",
  ENFILE: "Unavailable",
  EBUSY: "Unavailable",
  EAGAIN: "Unavailable",
  ESTALE: "Unavailable",
  ETIMEDOUT: "Timeout",
  ENAMETOOLONG: "InvalidArgument",
  ENOTDIR: "InvalidArgument",
  EISDIR: "InvalidArgument",
  ENOTEMPTY: "InvalidArgument",
  ELOOP: "InvalidArgument",
  EINVAL: "InvalidArgument",
  EILSEQ: "InvalidArgument",
  ENXIO: "InvalidArgument",
};

/** The error's `code` as Node gives it, such as ENOENT. */
export function nativeCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && !isObjectStoreError(error) ? code : undefined;
}

/** Whether a path names nothing: no such entry, or a way through something that is no folder. */
export function isMissing(error: unknown): boolean {
  const code = nativeCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** A Node error as an ObjectStoreError that carries it; one that is no file system error becomes Internal. */
export function fromNodeError(error: unknown): ObjectStoreError {
  if (isObjectStoreError(error)) return error;
  const code = CODES[nativeCode(error) ?? ""] ?? "Internal";
  const message = error instanceof Error ? error.message : String(error);
  return new ObjectStoreError(code, message, { cause: error });
}
