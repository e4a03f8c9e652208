import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import {
  Crc32c,
  formatChecksum,
  isObjectStoreError,
  ObjectStoreError,
  type StoredObject,
  type VerifiedBy,
} from "@sluice/core";
import type { ManifestShard } from "../manifest/manifest.js";

export interface ShardContentParts {
  readonly shard: ManifestShard;
  readonly object: StoredObject;
  /**
   * Whether the checksum may be the IEEE CRC-32 under the name of CRC-32C, as in the manifests of programs that hash with
   * Rust's crc32fast.
   */
  readonly mayBeIeee: boolean;
  /** Whether the content is compared with the manifest's checksum. Default true. */
  readonly isCompared?: boolean;
}

/**
 * A rank's content as a stream that verifies as it goes: iterate it once, or call one of the methods once; or `cancel` it. Reading
 * damaged content to its end fails with ChecksumMismatch that names the rank.
 */
export class ShardContent implements AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly shard: ManifestShard;
  readonly #object: StoredObject;
  readonly #mayBeIeee: boolean;
  readonly #isCompared: boolean;
  #isVerified = false;
  #bytesRead = 0;

  constructor({ shard, object, mayBeIeee, isCompared = true }: ShardContentParts) {
    this.shard = shard;
    this.#object = object;
    this.#isCompared = isCompared && shard.checksum !== undefined;
    this.#mayBeIeee = mayBeIeee && shard.checksum !== undefined;
  }

  /** Whether all of it was read and is what the manifest says. */
  get isVerified(): boolean {
    return this.#isVerified;
  }

  /** By what the bytes were verified, the manifest's checksum where it has one; undefined before they were read to their end. */
  get verifiedBy(): VerifiedBy | "manifest" | undefined {
    return this.#isVerified && this.#isCompared ? "manifest" : this.#object.verifiedBy;
  }

  /** Bytes of content that were read so far. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    const crc = new Crc32c();
    let ieee = 0;
    try {
      for await (const chunk of this.#object) {
        crc.update(chunk);
        this.#bytesRead += chunk.byteLength;
        if (this.#mayBeIeee) ieee = crc32(chunk, ieee);
        yield chunk;
      }
    } catch (error) {
      throw withRank(error, this.shard.rank);
    }
    this.#check(crc, formatChecksum(ieee));
    this.#isVerified = true;
  }

  /** All bytes in one buffer. */
  async bytes(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  toReadable(): Readable {
    return Readable.from(this, { objectMode: false });
  }

  /** Releases the shard without reading (the rest of) it. */
  cancel(): Promise<void> {
    return this.#object.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }

  #check(crc: Crc32c, ieee: string): void {
    const { rank, size, checksum } = this.shard;
    const { uri } = this.#object.info;
    const actual = crc.digest();
    if (size !== undefined && crc.byteLength !== size) {
      const message = `rank ${rank}: ${uri} has ${crc.byteLength} bytes of content, the manifest says ${size}`;
      throw new ObjectStoreError("ChecksumMismatch", message, { operation: "shard", uri, bytes: crc.byteLength });
    }
    if (checksum === undefined || !this.#isCompared || actual === checksum || (this.#mayBeIeee && ieee === checksum))
      return;
    throw checksumMismatch(rank, uri, checksum, actual, crc.byteLength);
  }
}

export function checksumMismatch(
  rank: number,
  uri: string,
  expected: string,
  actual: string,
  bytes: number,
): ObjectStoreError {
  return new ObjectStoreError("ChecksumMismatch", `rank ${rank}: ${uri} has ${actual}, the manifest says ${expected}`, {
    operation: "shard",
    ...{ uri, expected, actual, bytes },
  });
}

/** An error about damaged bytes, with the rank in front; any other as it is. */
export function withRank(error: unknown, rank: number): unknown {
  if (!isObjectStoreError(error, "ChecksumMismatch") || error.message.startsWith("rank ")) return error;
  const { message, uri, bytes, expected, actual } = error;
  const details = { operation: "shard", uri, bytes, expected, actual, cause: error };
  return new ObjectStoreError("ChecksumMismatch", `rank ${rank}: ${message}`, details);
}
