import { ObjectStoreError } from "./errors.js";

/**
 * Refuses with InvalidArgument what is no key on any store: not a string, empty, longer than `maxBytes` of UTF-8, holding
 * NUL, or not valid Unicode (a lone surrogate has no UTF-8).
 */
export function checkKey(key: unknown, maxBytes: number, operation: string): asserts key is string {
  const problem = keyProblem(key, maxBytes);
  if (problem === undefined) return;
  throw new ObjectStoreError("InvalidArgument", `${operation}: ${problem}`, { operation });
}

function keyProblem(key: unknown, maxBytes: number): string | undefined {
  if (typeof key !== "string") return `key must be a string, got ${typeof key}`;
  if (key === "") return "key must not be empty";
  if (key.includes("\0")) return "key must not hold NUL";
  if (!isWellFormed(key)) return "key must be valid Unicode; it has a lone surrogate";
  const bytes = Buffer.byteLength(key);
  if (bytes > maxBytes) return `key is ${bytes} bytes long, the limit is ${maxBytes}`;
  return undefined;
}

/** Whether a text has no lone surrogate: `String.prototype.isWellFormed`, which the library typings of ES2023 do not have. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Orders keys as stores list them, by their UTF-8 bytes; `<` on strings orders by UTF-16 units and differs above U+FFFF. */
export function compareKeys(first: string, second: string): number {
  const length = Math.min(first.length, second.length);
  for (let index = 0; index < length; index++) {
    const a = first.charCodeAt(index);
    const b = second.charCodeAt(index);
    if (a !== b) return utf8Rank(a) - utf8Rank(b);
  }
  return first.length - second.length;
}

/** Moves surrogates (code points above U+FFFF, four bytes of UTF-8) behind U+E000–U+FFFF (three bytes). */
function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
