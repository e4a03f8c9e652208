import { isUtf8 } from "node:buffer";

const BACKSLASH = 0x5c;

/** A file name that is no UTF-8, as a shell's `$'…'` takes it: each byte that is none as `\xff`, a backslash as `\\`. */
export function escapeRawName(raw: Uint8Array): string {
  let text = "";
  for (let index = 0; index < raw.byteLength; ) {
    const length = lengthOfCharacter(raw, index);
    const bytes = raw.subarray(index, index + Math.max(length, 1));
    if (length === 0) text += `\\x${(bytes[0] as number).toString(16).padStart(2, "0")}`;
    else text += bytes[0] === BACKSLASH ? "\\\\" : Buffer.from(bytes).toString("utf8");
    index += bytes.byteLength;
  }
  return text;
}

/** How many bytes the character at `index` has; 0 if there is none. */
function lengthOfCharacter(raw: Uint8Array, index: number): number {
  for (let length = 1; length <= 4 && index + length <= raw.byteLength; length++) {
    if (isUtf8(raw.subarray(index, index + length))) return length;
  }
  return 0;
}
