import { type ObjectInfo, ObjectStoreError, type WriteResult } from "@sluice/core";
import type { ShardMeta } from "../manifest/manifest.js";

/** A shard that a writer has finalized. */
export function metaOfResult(rank: number, result: WriteResult): ShardMeta {
  const { key, size, storedSize, checksum, storedChecksum, compression, etag } = result;
  return {
    ...{ rank, key, size, storedSize, checksum },
    ...(compression !== "none" && { storedChecksum, compression: compression.codec }),
    ...(etag !== undefined && { etag }),
  };
}

/** A shard that was stored by other means, with the checksum that its writer says it has. */
export function completeMeta(rank: number, key: string, info: ObjectInfo, checksum: string): ShardMeta {
  // The store may keep a checksum of another algorithm, which says nothing of this one.
  const known = [info.storedChecksum, info.checksum].find((text) => text?.startsWith("crc32c:"));
  if (known !== undefined && known !== checksum) {
    throw new ObjectStoreError(
      "ChecksumMismatch",
      `the shard of rank ${rank} has ${known} in the store, and was said to have ${checksum}`,
      { operation: "finalizeShardMetaWithChecksum", uri: info.uri, expected: checksum, actual: known },
    );
  }
  return { rank, key, size: info.size, storedSize: info.size, checksum, etag: info.etag };
}
