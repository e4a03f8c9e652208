import type { ErrorCode } from "./errors.js";

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "InvalidArgument",
  401: "Unauthenticated",
  403: "PermissionDenied",
  404: "NotFound",
  405: "Unsupported",
  408: "Timeout",
  411: "Unsupported",
  412: "PreconditionFailed",
  413: "InvalidArgument",
  416: "InvalidArgument",
  429: "Unavailable",
  501: "Unsupported",
  504: "Timeout",
  507: "NoSpace",
};

/** What an HTTP status means where the service's own code says nothing more; undefined where it means nothing certain. */
export function codeOfStatus(status: number): ErrorCode | undefined {
  return BY_STATUS[status] ?? (status >= 500 ? "Unavailable" : undefined);
}

const CUT = /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|HPE_\w+)$/;

/** What Node's code of a connection's failure means; undefined for other codes. */
export function codeOfConnection(code: string): ErrorCode | undefined {
  if (CUT.test(code)) return "Unavailable";
  return code === "ETIMEDOUT" ? "Timeout" : undefined;
}

/** A service's message, at most 300 characters, without queries of URLs and whatever looks like a signature or a key. */
export function withoutSecrets(message: string): string {
  return message
    .slice(0, 300)
    .replaceAll(/\?\S+/g, "?…")
    .replaceAll(/\b(X-Amz-[\w-]+|sig|Signature|Credential|Authorization|AccountKey)\s*[=:]\s*\S+/gi, "$1=…");
}
