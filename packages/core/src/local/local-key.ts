import { ObjectStoreError } from "../errors.js";

/** Names that begin so are Sluice's own temporary files: never listed, never keys. */
export const RESERVED_PREFIX = ".sluice-";

/** The longest file name that Linux and macOS file systems take, in bytes. */
const MAX_NAME_BYTES = 255;

/** The longest key, in bytes. */
export const MAX_KEY_BYTES = 1024;

/** Refuses with InvalidArgument a key that can't be a path below a folder, or would be another key's path too. */
export function checkLocalKey(key: string, operation: string): void {
  for (const segment of key.split("/")) {
    const problem = segmentProblem(segment);
    if (problem === undefined) continue;
    throw new ObjectStoreError("InvalidArgument", `${operation}: key ${JSON.stringify(key)} ${problem}`, { operation });
  }
}

/** Whether a listing's prefix, up to its last `/`, can be a folder at all. */
export function isLocalFolder(folder: string): boolean {
  return folder.split("/").every((segment) => segmentProblem(segment) === undefined);
}

/** Why what has this name in a folder can't be an object, or hold one if it is a folder itself. */
export function nameProblem(folder: string, name: string, isFolder: boolean): string | undefined {
  const problem = segmentProblem(name);
  if (problem !== undefined) return problem;
  const atLeast = isFolder ? "/x".length : 0;
  const bytes = Buffer.byteLength(folder) + Buffer.byteLength(name) + atLeast;
  if (bytes <= MAX_KEY_BYTES) return undefined;
  return isFolder
    ? `is a folder that lies too deep: a key has at most ${MAX_KEY_BYTES} bytes`
    : `would have a key of ${bytes} bytes, the limit is ${MAX_KEY_BYTES}`;
}

function segmentProblem(segment: string): string | undefined {
  if (segment === "") return "has an empty segment, which no file system can hold";
  if (segment === "." || segment === "..") return `has the segment "${segment}"`;
  if (segment.startsWith(RESERVED_PREFIX)) return `uses the reserved name prefix ${RESERVED_PREFIX}`;
  if (segment.includes("\0")) return "holds NUL";
  if (process.platform === "win32" && /[\\:<>"|?*]/.test(segment)) return "has a character that Windows does not take";
  const bytes = Buffer.byteLength(segment);
  return bytes > MAX_NAME_BYTES
    ? `has a segment of ${bytes} bytes, a file name has at most ${MAX_NAME_BYTES}`
    : undefined;
}
