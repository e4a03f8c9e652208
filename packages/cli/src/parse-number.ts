import { CommandError } from "./command-error.js";

/** A parser of whole numbers from `minimum` to `maximum`; `hint` says more where something else was given. */
export function wholeNumber(minimum: number, maximum: number, hint = ""): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new CommandError("Usage", `${JSON.stringify(text)} is no whole number from ${minimum} to ${maximum}${hint}`);
  };
}

/** A dedup or compress factor; its limits are the recipe's. */
export function parseFactor(text: string): number {
  if (/^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text)) return Number(text);
  throw new CommandError("Usage", `${JSON.stringify(text)} is no factor: write a number such as 1, 2 or 1.5`);
}

/** A seed in decimal digits; its limits are the recipe's. */
export function parseSeed(text: string): bigint {
  if (/^[0-9]{1,20}$/.test(text)) return BigInt(text);
  throw new CommandError("Usage", `${JSON.stringify(text)} is no seed: write a whole number from 0 to 2^64 - 1`);
}

/** A share in percent, such as `1%` or `0.5%`, as a part of 1: above 0, at most 100 %. */
export function parsePercent(text: string): number {
  const [, digits = ""] = /^([0-9]{1,3}(?:\.[0-9]{1,9})?)%$/.exec(text) ?? [];
  const share = Number(digits) / 100;
  if (digits !== "" && share > 0 && share <= 1) return share;
  throw new CommandError("Usage", `${JSON.stringify(text)} is no share: write a percentage above 0 such as 1% or 0.5%`);
}
