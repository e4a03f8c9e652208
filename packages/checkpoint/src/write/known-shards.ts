import { ObjectStoreError } from "@sluice/core";
import type { Manifest, ShardMeta } from "../manifest/manifest.js";
import { type RecordContext, readRecord, writeRecord } from "../ranks/record.js";
import { type CommitParts, collectShards, committedManifest } from "./commit.js";

/** What is known of a save's shards: what this process has completed and, where ranks are processes, what the others say. */
export class KnownShards {
  readonly #parts: CommitParts;
  readonly #own = new Map<number, ShardMeta>();

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** A rank's complete shard, also one of an earlier incarnation of its process; undefined if it is not complete. */
  async find(rank: number): Promise<ShardMeta | undefined> {
    const own = this.#own.get(rank);
    if (own !== undefined || !this.#parts.isShared) return own;
    const record = await readRecord(this.#recordContext, rank);
    if (record !== undefined) return record;
    // The records go when they have served.
    const committed = await committedManifest(this.#parts);
    return committed?.shards[rank] as ShardMeta | undefined;
  }

  /** Keeps a complete shard, and says so where other processes need to know. */
  async add(meta: ShardMeta): Promise<ShardMeta> {
    if (this.#parts.isShared) await writeRecord(this.#recordContext, meta);
    this.#own.set(meta.rank, meta);
    return meta;
  }

  /** The shards of all ranks, waited for; or the manifest, where another process has committed. */
  async all(): Promise<ShardMeta[] | Manifest> {
    const { isShared, worldSize } = this.#parts;
    if (isShared) return collectShards(this.#parts);
    const missing = Array.from({ length: worldSize }, (_, rank) => rank).find((rank) => !this.#own.has(rank));
    if (missing === undefined) return [...this.#own.values()].sort((a, b) => a.rank - b.rank);
    throw new ObjectStoreError("InvalidState", `commit: the shard of rank ${missing} is not complete`, {
      operation: "commit",
    });
  }

  get #recordContext(): RecordContext {
    const { store, step, ts, worldSize, signal } = this.#parts;
    return { store, id: { step, ts }, worldSize, signal };
  }
}
