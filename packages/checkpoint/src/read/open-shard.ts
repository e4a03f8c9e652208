import { isObjectStoreError, type ObjectStore, ObjectStoreError } from "@sluice/core";
import type { ManifestShard } from "../manifest/manifest.js";
import { ShardContent } from "./shard-content.js";

export interface OpenShardOptions {
  /** Whether the manifest is of this package: see {@link ShardContentParts.mayBeIeee}. */
  readonly isOurs: boolean;
  readonly lendChunks?: boolean;
  /** Whether the bytes are compared with the checksums that the manifest and the store have of them. Default true. */
  readonly isCompared?: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Opens a rank's content, decoded. ChecksumMismatch if the object is missing or of another size than the manifest says. */
export async function openShard(
  store: ObjectStore,
  shard: ManifestShard,
  { isOurs, lendChunks = false, isCompared = true, signal }: OpenShardOptions,
): Promise<ShardContent> {
  try {
    const object = await store.get(shard.key, {
      lendChunks,
      ...(!isCompared && { verify: "none" }),
      ...(shard.compression !== undefined && { decode: shard.compression }),
      ...(signal !== undefined && { signal }),
    });
    const problem = sizeProblem(shard, object.info.size);
    if (problem === undefined) return new ShardContent({ shard, object, mayBeIeee: !isOurs, isCompared });
    await object.cancel();
    throw new ObjectStoreError("ChecksumMismatch", `rank ${shard.rank}: ${object.info.uri} ${problem}`, {
      operation: "shard",
      uri: object.info.uri,
    });
  } catch (error) {
    throw isObjectStoreError(error, "NotFound") ? missingShard(store, shard, error) : error;
  }
}

/** What is wrong with an object of `storedBytes` as this shard; undefined if nothing. */
export function sizeProblem({ storedSize }: ManifestShard, storedBytes: number): string | undefined {
  if (storedBytes === storedSize) return undefined;
  return `has ${storedBytes} bytes, the manifest says ${storedSize}`;
}

function missingShard(store: ObjectStore, { rank, key }: ManifestShard, cause: unknown): ObjectStoreError {
  const uri = store.uriOf(key);
  return new ObjectStoreError("ChecksumMismatch", `rank ${rank}: ${uri} is missing`, {
    operation: "shard",
    uri,
    cause,
  });
}
