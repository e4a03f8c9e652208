import { CommandError } from "./command-error.js";

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const FORM = /^([0-9]{1,9}) ?(ms|s|m|h|d)$/;

/** The milliseconds that a text such as `24h`, `90m` or `0s` names; a Usage error for what is no such text. */
export function parseDuration(text: string): number {
  const [, count, unit = ""] = FORM.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (count === undefined || unitMs === undefined) {
    throw new CommandError(
      "Usage",
      `${JSON.stringify(text)} is no duration: write a whole number with ms, s, m, h or d`,
    );
  }
  return Number(count) * unitMs;
}
