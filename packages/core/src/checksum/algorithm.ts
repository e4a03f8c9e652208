import { refuse } from "../options.js";

/** How many bytes a checksum has, by its algorithm. */
const DIGEST_BYTES = { crc32c: 4, crc32: 4, crc64nvme: 8, md5: 16, sha1: 20, sha256: 32, sha512: 64 } as const;

/** What a store may keep of an object's stored bytes, and what `verify` takes. `crc32` is the IEEE one, of zip and gzip. */
export type ChecksumAlgorithm = keyof typeof DIGEST_BYTES;

const FORM = /^([a-z0-9]+):([0-9a-f]+)$/;

/** The algorithm of a checksum's text; undefined for a text of another form, and for an algorithm that is not known. */
export function algorithmOf(text: unknown): ChecksumAlgorithm | undefined {
  const [, name = "", hex = ""] = (typeof text === "string" ? FORM.exec(text) : null) ?? [];
  return isAlgorithm(name) && hex.length === 2 * DIGEST_BYTES[name] ? name : undefined;
}

/** Refuses with InvalidArgument what is no checksum's text: the algorithm, a colon, and its bytes in lower-case hex. */
export function checkChecksum(text: unknown, operation: string): asserts text is string {
  if (algorithmOf(text) !== undefined) return;
  const known = Object.keys(DIGEST_BYTES).join(", ");
  refuse(
    `a checksum is crc32c: and 8 lower-case hex digits, or another of ${known} with as many as it has; got ${JSON.stringify(text)}`,
    operation,
  );
}

/** The text of a checksum's bytes, the highest first; undefined if the algorithm has another number of them. */
export function checksumText(algorithm: ChecksumAlgorithm, digest: Uint8Array): string | undefined {
  if (digest.byteLength !== DIGEST_BYTES[algorithm]) return undefined;
  return `${algorithm}:${Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString("hex")}`;
}

function isAlgorithm(name: string): name is ChecksumAlgorithm {
  return Object.hasOwn(DIGEST_BYTES, name);
}
