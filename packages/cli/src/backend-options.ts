import { BACKEND_PACKAGES, type StoreRegistry } from "@sluice/core";
import { CommandError } from "./command-error.js";

/** Options of backends, by scheme and name. */
export type BackendOptions = Readonly<Record<string, Readonly<Record<string, BackendOptionValue>>>>;

type BackendOptionValue = string | number | boolean;

const FORM = /^([A-Za-z][A-Za-z0-9+-]*)\.([A-Za-z]\w*)=([\s\S]*)$/;

/** `scheme.name=value`, added to those that were given before. `true`, `false` and whole numbers are such, all else is text. */
export function addBackendOption(text: string, previous: BackendOptions = {}): BackendOptions {
  const match = FORM.exec(text);
  if (match === null) {
    throw new CommandError("Usage", `${JSON.stringify(text)} is no backend option: write it as s3.partBytes=67108864`);
  }
  const [, scheme = "", name = "", value = ""] = match;
  const key = scheme.toLowerCase();
  return { ...previous, [key]: { ...previous[key], [name]: parseValue(value) } };
}

/** Refuses options of schemes that no backend has: nobody would ever take them. Those of a backend that is not installed pass. */
export async function refuseUnknownSchemes(options: BackendOptions, registry: StoreRegistry): Promise<void> {
  const isKnown = (scheme: string): boolean => registry.has(scheme) || Object.hasOwn(BACKEND_PACKAGES, scheme);
  if (Object.keys(options).every(isKnown)) return;
  await registry.discover();
  const [unknown] = Object.keys(options).filter((scheme) => !isKnown(scheme));
  if (unknown === undefined) return;
  const [name = ""] = Object.keys(options[unknown] ?? {});
  const [scheme] = [...registry.backends().values()].find((plugin) => plugin.name === unknown)?.schemes ?? [];
  const remedy = scheme === undefined ? "" : `; write ${scheme}.${name}=…, by the scheme of its URIs`;
  const known = [...new Set([...registry.backends().keys(), ...Object.keys(BACKEND_PACKAGES)])].join(", ");
  throw new CommandError(
    "Usage",
    `-o ${unknown}.${name}: no backend has the scheme ${unknown} (known: ${known})${remedy}`,
  );
}

function parseValue(text: string): BackendOptionValue {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}
