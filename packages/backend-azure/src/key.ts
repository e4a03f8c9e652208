import { refuse } from "@sluice/core";

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
const MAX_KEY_CHARACTERS = 1024;
const MAX_SEGMENTS = 254;
/** No character of the 1,024 has more than three bytes of UTF-8, those of two UTF-16 units have four. */
export const MAX_KEY_BYTES: number = 3 * MAX_KEY_CHARACTERS;
const CONTROL = /\p{Cc}/u;
const CONTAINER = /^(\$root|\$web|(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9])$/;

/** Calls that find an object under a name that somebody gave. All others are held to names that this package gives. */
const FINDING = new Set([
  "get",
  "getRange",
  "getRanges",
  "head",
  "exists",
  "delete",
  "deleteMany",
  "copy",
  "rename",
  "sasUrl",
]);

/**
 * Refuses with InvalidArgument a key that the service would take for another name. What other tools named otherwise than this
 * package does can be read, copied and deleted, since listings show it.
 */
export function checkBlobKey(key: string, operation: string): void {
  const problem = addressProblem(key) ?? (FINDING.has(operation) ? undefined : namingProblem(key));
  if (problem !== undefined) refuse(`${problem}: ${JSON.stringify(key)}`, operation);
}

function addressProblem(key: string): string | undefined {
  if (key.length > MAX_KEY_CHARACTERS) return `a blob's name has at most ${MAX_KEY_CHARACTERS} characters`;
  if (key.includes("\\")) return "Azure makes a slash of a backslash";
  const segments = key.split("/");
  if (segments.length > MAX_SEGMENTS) return `a blob's name has at most ${MAX_SEGMENTS} segments`;
  if (segments.slice(0, -1).includes("") || key === "") return "no segment of a key may be empty";
  // `.` and `..` are taken out of a URL's path, and the dots at the end of "a." are cut off.
  if (segments.some((segment) => segment.endsWith("."))) return "Azure keeps no dot at the end of a segment";
  return undefined;
}

function namingProblem(key: string): string | undefined {
  if (CONTROL.test(key)) return "Azure's listings do not hold control characters in all versions";
  // With a hierarchical namespace it would be a folder.
  return key.endsWith("/") ? "no key may end with a slash" : undefined;
}

/** Refuses with InvalidArgument what is no container's name. */
export function checkContainerName(name: unknown, operation: string): asserts name is string {
  if (typeof name === "string" && CONTAINER.test(name)) return;
  const rule = "3 to 63 lower-case letters, digits and single hyphens";
  refuse(`a container's name is of ${rule}, got ${JSON.stringify(name)}`, operation);
}
