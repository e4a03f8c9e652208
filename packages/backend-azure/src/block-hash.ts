import { createHash } from "node:crypto";
import type { BlockBlobStageBlockOptions } from "@azure/storage-blob";
import { crc32c, crc64Nvme, ObjectStoreError } from "@sluice/core";
import type { TransactionalHash } from "./options.js";

/** The options by which a request carries the hash of its body, for the service to check. */
type HashOptions = Pick<BlockBlobStageBlockOptions, "transactionalContentMD5" | "transactionalContentCrc64">;

/**
 * Hashes what is about to be sent. It has been copied since the writer hashed it, so it is compared with that first: what the
 * service then checks is what the caller handed over.
 */
export function hashOptions(hash: TransactionalHash, bytes: Uint8Array, expected: string): HashOptions {
  if (hash === "none") return {};
  const actual = crc32c(bytes);
  if (actual !== expected) {
    const details = { expected, actual, bytes: bytes.byteLength };
    throw new ObjectStoreError("ChecksumMismatch", "a block changed in memory before it was sent", details);
  }
  if (hash === "md5") return { transactionalContentMD5: createHash("md5").update(bytes).digest() };
  return { transactionalContentCrc64: crc64Nvme(bytes) };
}
