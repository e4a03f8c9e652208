import { createHash } from "node:crypto";
import type { ChecksumAlgorithm } from "./algorithm.js";
import { Crc32c } from "./crc32c.js";
import { Crc64 } from "./crc64.js";
import { crc32Engine } from "./native.js";

/** A checksum of bytes that come in chunks. */
export interface RunningHash {
  update(chunk: Uint8Array): unknown;
  /** The checksum's text. Called once, after the last chunk. */
  digest(): string;
}

/** Begins the checksum of no bytes yet. */
export function startHash(algorithm: ChecksumAlgorithm): RunningHash {
  if (algorithm === "crc32c") return new Crc32c();
  if (algorithm === "crc32") return startCrc32();
  if (algorithm === "crc64nvme") return startCrc64();
  const hash = createHash(algorithm);
  return { update: (chunk) => hash.update(chunk), digest: () => `${algorithm}:${hash.digest("hex")}` };
}

function startCrc32(): RunningHash {
  const compute = crc32Engine();
  let value = 0;
  return {
    update: (chunk) => {
      value = compute(chunk, value);
    },
    digest: () => `crc32:${(value >>> 0).toString(16).padStart(8, "0")}`,
  };
}

function startCrc64(): RunningHash {
  const crc = new Crc64();
  return {
    update: (chunk) => crc.update(chunk),
    digest: () => `crc64nvme:${crc.value.toString(16).padStart(16, "0")}`,
  };
}
