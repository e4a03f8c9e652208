import { isObjectStoreError, ObjectStoreError } from "@sluice/core";
import { recordKey } from "../layout/keys.js";
import type { Manifest, ShardMeta } from "../manifest/manifest.js";
import { type Claim, claimRank, otherBytes, releaseClaim, tellConflict } from "../ranks/claim.js";
import { isSameContent, readRecord, writeRecord } from "../ranks/record.js";
import { type CommitParts, collectShards, committedManifest } from "./commit.js";

/**
 * What is known of a save's shards: what this process has completed and, where ranks are processes, what the others say. What this
 * process has written is compared with what stands for its rank; a shard that is not needed is removed.
 */
export class KnownShards {
  readonly #parts: CommitParts;
  readonly #own = new Map<number, ShardMeta>();
  /** Keys of shards that this process has written, and nobody else ever writes. */
  readonly #written = new Set<string>();
  readonly #claims = new Map<number, Claim>();
  readonly #refusals = new Map<number, unknown>();

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** What this process has completed of a rank. */
  own(rank: number): ShardMeta | undefined {
    return this.#own.get(rank);
  }

  /** A rank's complete shard, also one of an earlier incarnation of its process; undefined if it is not complete. */
  async find(rank: number): Promise<ShardMeta | undefined> {
    const own = this.#own.get(rank);
    if (own !== undefined || !this.#parts.isShared) return own;
    const record = await readRecord(this.#parts, rank);
    if (record !== undefined) return record.shard;
    // The records go when they have served.
    const committed = await committedManifest(this.#parts);
    return committed?.shards[rank] as ShardMeta | undefined;
  }

  /** Tells the other processes that this one is at work on a rank's shard. */
  async begin(rank: number): Promise<void> {
    if (!this.#parts.isShared || this.#claims.has(rank)) return;
    this.#claims.set(rank, await claimRank(this.#parts, rank));
  }

  /** Remembers a key that is written by this process alone. */
  write(key: string): void {
    this.#written.add(key);
  }

  /**
   * Keeps a complete shard, and says so where other processes need to know. Resolves with the shard that stands for the rank: this one,
   * or an earlier one with the same bytes. AlreadyExists where an earlier one has other bytes.
   */
  async add(meta: ShardMeta): Promise<ShardMeta> {
    const { rank, key } = meta;
    const standing = this.#own.get(rank) ?? (this.#parts.isShared ? await this.#record(meta) : meta);
    if (standing?.key !== key) await this.#remove(key);
    if (standing === undefined || !isSameContent(standing, meta)) {
      throw await this.#refuse(rank, otherBytes(this.#parts, rank, "save"));
    }
    this.#own.set(rank, standing);
    this.#refusals.delete(rank);
    await this.#release(rank);
    return standing;
  }

  /** The shards of all ranks, waited for; or the manifest, where another process has committed. */
  async all(): Promise<ShardMeta[] | Manifest> {
    const { isShared, worldSize } = this.#parts;
    for (const refusal of this.#refusals.values()) throw refusal;
    await this.release();
    if (isShared) return collectShards(this.#parts);
    const missing = Array.from({ length: worldSize }, (_, rank) => rank).find((rank) => !this.#own.has(rank));
    if (missing === undefined) return [...this.#own.values()].sort((a, b) => a.rank - b.rank);
    throw new ObjectStoreError("InvalidState", `commit: the shard of rank ${missing} is not complete`, {
      operation: "commit",
    });
  }

  /** Compares what is committed with what this process has saved; AlreadyExists if it is not the same. */
  async reconcile(manifest: Manifest): Promise<void> {
    let refusal: unknown;
    for (const [rank, own] of this.#own) {
      const committed = manifest.shards[rank];
      if (committed?.key !== own.key) await this.#remove(own.key);
      if (manifest.worldSize === this.#parts.worldSize && isSameContent(committed, own)) continue;
      refusal ??= otherBytes(this.#parts, rank, "commit");
    }
    if (refusal !== undefined) throw refusal;
  }

  /** Takes this process's claims back, also when the caller's signal has fired. */
  async release(): Promise<void> {
    for (const rank of this.#claims.keys()) await this.#release(rank);
  }

  /** The shard that stands for the rank, once the record is written; undefined if a manifest stands without one. */
  async #record(meta: ShardMeta): Promise<ShardMeta | undefined> {
    const first = await writeRecord(this.#parts, meta);
    if (first.key !== meta.key) return first;
    // The records are deleted after a commit: a record that could be written may have come too late.
    const committed = await committedManifest(this.#parts);
    const standing = committed?.shards[meta.rank];
    if (committed === undefined || standing?.key === meta.key) return meta;
    await this.#parts.store.delete(recordKey(this.#parts.id, meta.rank));
    return standing as ShardMeta | undefined;
  }

  async #refuse(rank: number, refusal: unknown): Promise<unknown> {
    this.#refusals.set(rank, refusal);
    if (!this.#parts.isShared || this.#own.has(rank)) return refusal;
    // Nobody may commit what is a mixture; a checkpoint that is committed stays as it is.
    if ((await committedManifest(this.#parts)) === undefined) {
      this.#claims.delete(rank);
      await tellConflict(this.#parts, rank);
    } else await this.#release(rank);
    return refusal;
  }

  async #release(rank: number): Promise<void> {
    const claim = this.#claims.get(rank);
    if (claim === undefined) return;
    this.#claims.delete(rank);
    await releaseClaim({ ...this.#parts, signal: undefined }, claim);
  }

  /** Removes a shard that no manifest needs. If that fails, pruning collects it. */
  async #remove(key: string): Promise<void> {
    if (!this.#written.delete(key)) return;
    await this.#parts.store.delete(key).catch((error: unknown) => {
      if (!isObjectStoreError(error)) throw error;
    });
  }
}
