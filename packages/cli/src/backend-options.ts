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

function parseValue(text: string): BackendOptionValue {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}
