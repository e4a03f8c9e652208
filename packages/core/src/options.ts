import { ObjectStoreError } from "./errors.js";

/** Throws InvalidArgument. */
export function refuse(reason: string, operation: string): never {
  throw new ObjectStoreError("InvalidArgument", `${operation}: ${reason}`, { operation });
}

/** Refuses with InvalidArgument an option that is not in `known`, naming the known ones: a typing error must not pass in silence. */
export function checkOptions(options: unknown, known: readonly string[], operation: string): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    refuse("options must be an object", operation);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const list = known.length === 0 ? "it takes none" : `known: ${known.join(", ")}`;
    refuse(`unknown option "${name}" (${list})`, operation);
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
  refuse(`${name} must be a whole number from ${minimum} to ${maximum}, got ${String(value)}`, operation);
}

/** Refuses with InvalidArgument what is not true, false or absent. */
export function checkBoolean(value: unknown, name: string, operation: string): void {
  if (value !== undefined && typeof value !== "boolean") refuse(`${name} is true or false`, operation);
}

/** Default, least and most of an option. */
export type IntegerLimits = readonly [initial: number, least: number, most: number];

/** The whole numbers among a backend's options, checked, and with their defaults where they are absent. */
export function integerOptions<Name extends string>(
  options: { readonly [N in NoInfer<Name>]?: unknown },
  limits: Readonly<Record<Name, IntegerLimits>>,
  operation: string,
): Record<Name, number> {
  const checked = {} as Record<Name, number>;
  for (const [name, [initial, least, most]] of Object.entries(limits) as [Name, IntegerLimits][]) {
    const value = options[name] ?? initial;
    checkInteger(value, name, least, most, operation);
    checked[name] = value;
  }
  return checked;
}

/** Refuses with InvalidArgument what can't be an etag. */
export function checkEtag(ifMatch: unknown, operation: string): void {
  if (ifMatch === undefined || (typeof ifMatch === "string" && ifMatch !== "")) return;
  refuse("ifMatch must be an etag", operation);
}
