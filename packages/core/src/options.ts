import { ObjectStoreError } from "./errors.js";

/** Refuses with InvalidArgument an option that is not in `known`, naming the known ones: a typing error must not pass in silence. */
export function checkOptions(options: unknown, known: readonly string[], operation: string): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ObjectStoreError("InvalidArgument", `${operation}: options must be an object`, { operation });
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const list = known.length === 0 ? "it takes none" : `known: ${known.join(", ")}`;
    throw new ObjectStoreError("InvalidArgument", `${operation}: unknown option "${name}" (${list})`, { operation });
  }
}

/** Refuses with InvalidArgument what is not a whole number from `minimum` to `maximum`. */
export function checkInteger(
  value: unknown,
  name: string,
  minimum: number,
  maximum: number,
  operation: string,
): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum) return;
  throw new ObjectStoreError(
    "InvalidArgument",
    `${operation}: ${name} must be a whole number from ${minimum} to ${maximum}, got ${String(value)}`,
    { operation },
  );
}

/** Refuses with InvalidArgument what can't be an etag. */
export function checkEtag(ifMatch: unknown, operation: string): void {
  if (ifMatch === undefined || (typeof ifMatch === "string" && ifMatch !== "")) return;
  throw new ObjectStoreError("InvalidArgument", `${operation}: ifMatch must be an etag`, { operation });
}
