import { type ErrorCode, type ObjectStoreError, parseObjectUri } from "@sluice/core";
import { RESERVED_PREFIX } from "@sluice/core/local";

/** A store's error in the command's words. */
interface Described {
  readonly headline: string;
  /** What to do, where the headline doesn't say. */
  readonly remedy?: string | undefined;
}

const REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  NotFound: "see what is there with sluice ls",
  PermissionDenied: "ask for the right, or use another account",
  Unauthenticated: "give credentials, in the way the backend's page says",
  ChecksumMismatch: "do not use the data; read another copy",
  Unavailable: "try again later",
  Timeout: "try again",
  NoSpace: "make room",
};

/** What the stores say of a missing bucket or container. */
const NO_BUCKET = /there is no (bucket|such container)\b/;

const WRITES: ReadonlySet<string> = new Set(["createWriter", "put", "writeChunk", "finalize"]);

/** What is wrong, and what to do about it: a bucket, an object, and a place to write to are told apart. */
export function describeStoreError(error: ObjectStoreError): Described {
  const { code, uri, backend, operation = "" } = error;
  if (code === "NotFound" && uri !== undefined && backend !== undefined) {
    if (NO_BUCKET.test(error.message)) return missingBucket(uri);
    if (!WRITES.has(operation)) return { headline: `no such object: ${uri}`, remedy: REMEDIES.NotFound };
    if (nativeOf(error)?.code === "ENOENT") return { headline: `${uri} can't be written: no folder can be made there` };
  }
  const prefix = `${operation}: `;
  const text = nativeText(error) ?? error.message;
  const said = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  return { headline: uri === undefined || said.includes(uri) ? said : `${uri}: ${said}`, remedy: remedyOf(error) };
}

function missingBucket(uri: string): Described {
  const { scheme, authority } = parseObjectUri(uri);
  const bucket = `${scheme}://${authority}`;
  return { headline: `there is no bucket ${bucket}`, remedy: `check the name, or make it with sluice mb ${bucket}` };
}

function remedyOf({ code, message }: ObjectStoreError): string | undefined {
  // The command's errors have no backend, and say what they mean.
  if (code === "NotFound") return undefined;
  if (code === "InvalidState" && message.includes("is not empty"))
    return "sluice rb --force removes what is in it, too";
  if (message.includes("no direct I/O")) return "on the command line that is --direct-mode preferred";
  if (message.includes("onUnlistable")) return "on the command line that is --keep-going, of cp, ls, measure and rm";
  if (message.includes("there is a folder")) return "it is a folder: end it with / to write into it";
  if (/is no (zstd|gzip) data$/.test(message)) return "read it as it is, without --decode";
  if (message.includes("is no valid safetensors file")) return undefined;
  return REMEDIES[code];
}

/** An error as Node gives it, such as `ENOTDIR: not a directory, open '/data/file/x'`. */
interface NativeError {
  readonly code: string;
  readonly message: string;
  readonly syscall: string;
  readonly path?: string;
}

function nativeOf({ cause, message }: ObjectStoreError): NativeError | undefined {
  const native = (cause ?? {}) as Partial<NativeError>;
  const isNative = native.code !== undefined && native.syscall !== undefined && message.endsWith(native.message ?? "");
  return isNative ? (native as NativeError) : undefined;
}

/** A system's error in words: without the call, and without names of temporary files, which nobody typed. */
function nativeText(error: ObjectStoreError): string | undefined {
  const native = nativeOf(error);
  if (native === undefined) return undefined;
  const { code, message, syscall, path = "" } = native;
  if (code === "ENOTDIR") return "a part of this path is a file, and no folder";
  if (code === "ENOENT") return "there is no such file or folder";
  const words = message.replace(`${code}: `, "").split(`, ${syscall}`)[0] ?? "";
  const isTold = error.uri?.includes(path) === true || path.includes(RESERVED_PREFIX);
  return `${words} (${code})${isTold ? "" : `: ${path}`}`;
}
