import { ObjectStoreError } from "../errors.js";

const FORM = /^crc32c:([0-9a-f]{8})$/;

/** `crc32c:` and 8 lower-case hex digits. */
export function formatChecksum(value: number): string {
  return `crc32c:${(value >>> 0).toString(16).padStart(8, "0")}`;
}

/** The value of a checksum's text; InvalidArgument if it has another form. */
export function parseChecksum(text: unknown, operation: string): number {
  const match = typeof text === "string" ? FORM.exec(text) : null;
  if (match === null) {
    throw new ObjectStoreError(
      "InvalidArgument",
      `${operation}: a checksum is crc32c: and 8 lower-case hex digits, got ${JSON.stringify(text)}`,
      { operation },
    );
  }
  return Number.parseInt(match[1] as string, 16);
}
