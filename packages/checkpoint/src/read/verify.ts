import { Crc32c, forEachConcurrently, isObjectStoreError, type ObjectStore } from "@sluice/core";
import type { Manifest, ManifestShard } from "../manifest/manifest.js";
import { openShard, sizeProblem } from "./open-shard.js";
import { checksumMismatch } from "./shard-content.js";

/** What is wrong with one shard. */
export interface ShardProblem {
  readonly rank: number;
  readonly key: string;
  /** `missing`: there is no such object; `size`: it is cut off or too long; `damaged`: a byte is wrong. */
  readonly reason: "missing" | "size" | "damaged";
  /** The same in a sentence. */
  readonly message: string;
}

export interface VerifyReport {
  readonly ok: boolean;
  /** By rank. */
  readonly problems: readonly ShardProblem[];
  /** Ranks whose bytes can't be verified, since another program's manifest has no checksum of them. */
  readonly unchecked: readonly number[];
  readonly shards: number;
  /** Bytes of content that were read. */
  readonly bytes: number;
}

export interface VerifyParts {
  readonly store: ObjectStore;
  readonly manifest: Manifest;
  readonly isFull: boolean;
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((bytes: number) => void) | undefined;
}

/** Looks at every shard: its presence and size, and with `isFull` at every byte, stored and decoded. */
export async function verifyShards(parts: VerifyParts): Promise<VerifyReport> {
  const { manifest, concurrency, isFull } = parts;
  const problems: ShardProblem[] = [];
  let bytes = 0;
  const count = (more: number) => {
    bytes += more;
    parts.onProgress?.(more);
  };
  await forEachConcurrently(manifest.shards, concurrency, async (shard) => {
    const problem =
      (await problemOfObject(parts, shard)) ?? (isFull ? await problemOfBytes(parts, shard, count) : undefined);
    if (problem !== undefined) problems.push(problem);
  });
  const unchecked = manifest.shards.filter(({ checksum }) => checksum === undefined).map(({ rank }) => rank);
  problems.sort((a, b) => a.rank - b.rank);
  return { ok: problems.length === 0, problems, unchecked, shards: manifest.shards.length, bytes };
}

async function problemOfObject(
  { store, signal }: VerifyParts,
  shard: ManifestShard,
): Promise<ShardProblem | undefined> {
  const { rank, key } = shard;
  const name = `rank ${rank}: ${store.uriOf(key)}`;
  try {
    const { size } = await store.head(key, signal === undefined ? {} : { signal });
    const problem = sizeProblem(shard, size);
    return problem === undefined ? undefined : { rank, key, reason: "size", message: `${name} ${problem}` };
  } catch (error) {
    if (!isObjectStoreError(error, "NotFound")) throw error;
    return { rank, key, reason: "missing", message: `${name} is missing` };
  }
}

async function problemOfBytes(
  { store, manifest, signal }: VerifyParts,
  shard: ManifestShard,
  count: (bytes: number) => void,
): Promise<ShardProblem | undefined> {
  try {
    // A wrong byte in a seek table changes no content, so what is stored is verified on its own.
    if (shard.storedChecksum !== undefined) await verifyStored(store, shard, shard.storedChecksum, signal);
    const content = await openShard(store, shard, { isOurs: manifest.isOurs, lendChunks: true, signal });
    for await (const chunk of content) count(chunk.byteLength);
    return undefined;
  } catch (error) {
    if (!isObjectStoreError(error, "ChecksumMismatch")) throw error;
    return { rank: shard.rank, key: shard.key, reason: "damaged", message: error.message };
  }
}

async function verifyStored(
  store: ObjectStore,
  { rank, key }: ManifestShard,
  verify: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const crc = new Crc32c();
  const object = await store.get(key, { lendChunks: true, ...(signal !== undefined && { signal }) });
  for await (const chunk of object) crc.update(chunk);
  if (crc.digest() === verify) return;
  throw checksumMismatch(rank, object.info.uri, verify, crc.digest(), crc.byteLength);
}
