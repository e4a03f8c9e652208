import { CommandError } from "./command-error.js";

/** Bytes a unit. Single letters are binary, as they are to dd, ls and fio; KB and the like are decimal, as on a disk's label. */
const UNITS: Readonly<Record<string, bigint>> = {
  "": 1n,
  b: 1n,
  ...powers(1000n, (letter) => [`${letter}b`]),
  ...powers(1024n, (letter) => [letter, `${letter}ib`]),
};

const FORM = /^([0-9]{1,16})(?:\.([0-9]{1,16}))? ?([a-z]*)$/i;

/**
 * The bytes that a text such as `64MiB`, `1.5GB` or `4096` names: whole, at most 2^53 - 1. Refuses with a Usage error what
 * is none of these, and fractions that are no whole number of bytes.
 */
export function parseSize(text: string): number {
  const [, whole = "", fraction = "", unitName = ""] = FORM.exec(text) ?? [];
  const unit = Object.hasOwn(UNITS, unitName.toLowerCase()) ? UNITS[unitName.toLowerCase()] : undefined;
  if (whole === "" || unit === undefined) {
    throw refusal(
      text,
      "is no size: write bytes, or a number with KB, MB, GB, TB (decimal) or KiB, MiB, GiB, TiB (binary)",
    );
  }
  const scaled = BigInt(whole + fraction) * unit;
  const scale = 10n ** BigInt(fraction.length);
  if (scaled % scale !== 0n) throw refusal(text, "is no whole number of bytes");
  const bytes = scaled / scale;
  if (bytes > BigInt(Number.MAX_SAFE_INTEGER)) throw refusal(text, "is too large: at most 2^53 - 1 bytes");
  return Number(bytes);
}

function powers(base: bigint, names: (letter: string) => readonly string[]): Record<string, bigint> {
  const entries = ["k", "m", "g", "t", "p"].flatMap((letter, index) =>
    names(letter).map((name) => [name, base ** BigInt(index + 1)] as const),
  );
  return Object.fromEntries(entries);
}

function refusal(text: string, reason: string): CommandError {
  return new CommandError("Usage", `${JSON.stringify(text)} ${reason}`);
}
