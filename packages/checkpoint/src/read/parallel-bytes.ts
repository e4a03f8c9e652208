import {
  type Codec,
  Crc32c,
  forEachConcurrently,
  formatChecksum,
  type ObjectStore,
  ObjectStoreError,
} from "@sluice/core";
import type { ManifestShard } from "../manifest/manifest.js";
import { sizeProblem } from "./open-shard.js";
import { checksumMismatch, withRank } from "./shard-content.js";

/** A shard whose content can be compared with what the manifest says. */
export type MeasuredShard = ManifestShard & { readonly size: number; readonly checksum: string };

export interface ParallelBytesOptions {
  readonly partBytes: number;
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * All of a shard's content in one buffer, filled by ranges that are read at once, each hashed apart. The manifest's size is
 * compared with the object's before the buffer is made, so that a wrong one takes no memory.
 */
export async function parallelBytes(
  store: ObjectStore,
  shard: MeasuredShard,
  options: ParallelBytesOptions,
): Promise<Uint8Array> {
  try {
    return await readInParallel(store, shard, options);
  } catch (error) {
    throw withRank(error, shard.rank);
  }
}

async function readInParallel(
  store: ObjectStore,
  shard: MeasuredShard,
  { partBytes, concurrency, signal }: ParallelBytesOptions,
): Promise<Uint8Array> {
  const { rank, key, size, checksum, compression } = shard;
  const call = { ...(compression !== undefined && { decode: compression }), ...(signal !== undefined && { signal }) };
  const { etag, uri } = await checkSize(store, shard, call);
  const content = new Uint8Array(size);
  const starts = Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => index * partBytes);
  const crcs: Crc32c[] = starts.map(() => new Crc32c());
  await forEachConcurrently(starts, concurrency, async (start, index) => {
    const end = Math.min(start + partBytes, size);
    let offset = start;
    const part = await store.get(key, { ...call, ifMatch: etag, range: { start, end }, lendChunks: true });
    for await (const chunk of part) {
      content.set(chunk, offset);
      offset += chunk.byteLength;
      crcs[index]?.update(chunk);
    }
  });
  const crc = crcs.reduce((joined, part) => Crc32c.combine(joined, part.value, part.byteLength), 0);
  if (formatChecksum(crc) !== checksum) throw checksumMismatch(rank, uri, checksum, formatChecksum(crc), size);
  return content;
}

async function checkSize(
  store: ObjectStore,
  shard: MeasuredShard,
  call: { readonly decode?: Codec; readonly signal?: AbortSignal },
): Promise<{ etag: string; uri: string }> {
  const { decode: _, ...headCall } = call;
  const { size: storedBytes, etag, uri } = await store.head(shard.key, headCall);
  const problem = sizeProblem(shard, storedBytes) ?? (await contentProblem(store, shard, { ...call, ifMatch: etag }));
  if (problem === undefined) return { etag, uri };
  throw new ObjectStoreError("ChecksumMismatch", `${uri} ${problem}`, { operation: "shardBytes", uri });
}

/** An empty range at the end tells how long the content is. */
async function contentProblem(
  store: ObjectStore,
  { key, size }: MeasuredShard,
  call: { readonly decode?: Codec; readonly ifMatch: string; readonly signal?: AbortSignal },
): Promise<string | undefined> {
  const probe = await store.get(key, { ...call, range: { suffix: 0 } });
  await probe.cancel();
  if (probe.range?.end === size) return undefined;
  return `has ${probe.range?.end} bytes of content, the manifest says ${size}`;
}
