import { checkInteger, type ObjectStore, type ObjectWriter, type PutSource, parseChecksum } from "@sluice/core";
import { isShardKeyInside } from "../layout/keys.js";
import type { SaveId } from "../layout/save-id.js";
import type { ShardMeta } from "../manifest/manifest.js";
import { type CheckpointBase, openBase } from "../open-base.js";
import { saveIdOf } from "../ranks/agree.js";
import { announce, type CommitParts, type CommitResult, publish } from "./commit.js";
import { commitParts } from "./commit-parts.js";
import { KnownShards } from "./known-shards.js";
import { type CheckedWriterOptions, type CheckpointWriterOptions, checkWriterOptions } from "./options.js";
import { refusal } from "./refusal.js";
import { entriesOf, type ShardSources, saveShards } from "./save-shards.js";
import { ShardKeys } from "./shard-keys.js";
import { completeMeta, metaOfResult } from "./shard-meta.js";
import { type OpenedShard, ShardWriters } from "./shard-writers.js";

/**
 * Writes one checkpoint. Nothing of it can be read before {@link commit}; all of it can after. Ranks may be written by one process or
 * by many: those share a save id, and each says by a small record that its shard is complete.
 */
export class CheckpointWriter implements AsyncDisposable {
  /** What the keys of this save are made of. */
  readonly id: SaveId;
  readonly worldSize: number;
  /** This process's rank, where ranks are processes of their own. */
  readonly rank: number | undefined;
  /** Which launcher said so; undefined where none did. */
  readonly launcher: string | undefined;
  readonly #store: ObjectStore;
  readonly #close: () => Promise<void>;
  readonly #options: CheckedWriterOptions;
  readonly #stop = new AbortController();
  /** The caller's, or that of {@link cancel}. */
  readonly #signal: AbortSignal;
  readonly #writers = new ShardWriters();
  readonly #keys: ShardKeys;
  readonly #parts: CommitParts;
  readonly #known: KnownShards;
  #commit: Promise<CommitResult> | undefined;

  private constructor(store: ObjectStore, close: () => Promise<void>, options: CheckedWriterOptions, id: SaveId) {
    this.#store = store;
    this.#close = close;
    this.#options = options;
    this.#signal =
      options.signal === undefined ? this.#stop.signal : AbortSignal.any([options.signal, this.#stop.signal]);
    this.id = id;
    this.worldSize = options.worldSize;
    this.rank = options.rank;
    this.launcher = options.launcher;
    this.#keys = new ShardKeys(id, options.strategy);
    this.#parts = commitParts(store, id, options, this.#signal);
    this.#known = new KnownShards(this.#parts);
  }

  /**
   * Begins to save a step below `base`. Where the ranks are processes of their own, this resolves once the save id is known.
   * InvalidArgument for options that can't be meant; Timeout if rank 0 does not tell the save id by the deadline.
   */
  static async open(base: CheckpointBase, options: CheckpointWriterOptions): Promise<CheckpointWriter> {
    const checked = checkWriterOptions(options);
    const { store, close } = await openBase(base, options, "CheckpointWriter.open");
    try {
      const writer = new CheckpointWriter(store, close, checked, await saveIdOf(store, checked));
      if (checked.rank !== undefined) await writer.#known.begin(checked.rank);
      return writer;
    } catch (error) {
      await close().catch(() => undefined);
      throw error;
    }
  }

  /**
   * Opens the writer of a rank's shard, under a key that no other process writes. AlreadyExists if this process has completed the rank's
   * shard.
   */
  async shardWriter(rank: number): Promise<OpenedShard> {
    this.#checkUsable("shardWriter");
    this.#checkRank(rank, "shardWriter");
    this.#writers.requireNone(rank, "shardWriter");
    if (this.#known.own(rank) !== undefined)
      throw refusal("AlreadyExists", "shardWriter", `the shard of rank ${rank} is complete`);
    const { compression } = this.#options;
    await this.#known.begin(rank);
    const writer = await this.#store.createWriter(this.#keys.make(rank), { compression, signal: this.#signal });
    this.#known.write(writer.key);
    return this.#writers.add(rank, writer);
  }

  /**
   * Finalizes a rank's writer, and says so where other processes need to know. Calling it again gives the same. Where an earlier
   * incarnation of the rank's process has completed the shard, the bytes are compared: with the same ones, that shard is kept and told,
   * and the new one removed; with other ones AlreadyExists.
   */
  async finalizeShard(rank: number, writer: ObjectWriter): Promise<ShardMeta> {
    this.#checkUsable("finalizeShard");
    this.#checkRank(rank, "finalizeShard");
    this.#writers.requireOwn(rank, writer, "finalizeShard");
    return this.#known.own(rank) ?? this.#known.add(metaOfResult(rank, await writer.finalize()));
  }

  /** The key under which this process may put a rank's shard by other means: the same with each call, and nobody else's. */
  shardKey(rank: number): string {
    this.#checkRank(rank, "shardKey");
    return this.#keys.of(rank);
  }

  /**
   * For a shard that the caller has put by other means, under {@link shardKey} or another key, with a checksum the caller brings: CRC-32C
   * of the object's bytes. The object must be there; where the store knows its checksum, it must be the same, else ChecksumMismatch.
   */
  async finalizeShardMetaWithChecksum(
    rank: number,
    checksum: string,
    { key = this.shardKey(rank) }: { readonly key?: string } = {},
  ): Promise<ShardMeta> {
    const operation = "finalizeShardMetaWithChecksum";
    this.#checkUsable(operation);
    this.#checkRank(rank, operation);
    parseChecksum(checksum, operation);
    if (!isShardKeyInside(key)) {
      throw refusal("InvalidArgument", operation, `${JSON.stringify(key)} can't be the key of a shard`);
    }
    await this.#known.begin(rank);
    const info = await this.#store.head(key, { signal: this.#signal });
    return this.#known.add(completeMeta(rank, key, info, checksum));
  }

  /** What is known of a rank's shard: undefined if it is not complete. */
  async recorded(rank: number): Promise<ShardMeta | undefined> {
    this.#checkRank(rank, "recorded");
    return this.#known.find(rank);
  }

  /**
   * Writes the shards of some ranks, each under a new key. Where a rank's shard is complete already, as it may be when its process was
   * started again, the bytes are compared: the same ones stay as they are stored, other ones are AlreadyExists.
   */
  async save(shards: ShardSources): Promise<ShardMeta[]> {
    this.#checkUsable("save");
    const entries = entriesOf(shards);
    for (const [rank] of entries) {
      this.#checkRank(rank, "save");
      this.#writers.requireNone(rank, "save");
    }
    const how = { concurrency: this.#options.concurrency, signal: this.#signal };
    return saveShards(entries, how, (rank, source, signal) => this.#saveShard(rank, source, signal));
  }

  /** Writes the shards of all ranks and commits; cancels if anything fails. */
  async saveAll(shards: ShardSources): Promise<CommitResult> {
    const count = entriesOf(shards).length;
    if (count !== this.worldSize)
      throw refusal("InvalidArgument", "saveAll", `${count} shards for ${this.worldSize} ranks`);
    try {
      await this.save(shards);
      return await this.commit();
    } catch (error) {
      await this.cancel();
      throw error;
    }
  }

  /**
   * Makes the checkpoint readable: waits for the shards of all ranks, up to the deadline, checks them, writes the manifest
   * (create-if-absent), the marker and `latest.json`, which never goes backwards. Any process may commit, several may: one
   * manifest is written. AlreadyExists if it has other bytes than this process has saved, or if a rank has found that: then two starts
   * of the job go by one run id. Timeout names the ranks that are missing; then, and after a failure, it can be called again.
   */
  commit(): Promise<CommitResult> {
    this.#commit ??= this.#commitOnce().catch((error: unknown) => {
      this.#commit = undefined;
      throw error;
    });
    return this.#commit;
  }

  /** Gives up: cancels open writers. Shards that were finalized stay until they are pruned. */
  async cancel(): Promise<void> {
    if (this.#commit !== undefined) return;
    const cancelled = this.#writers.cancel();
    this.#stop.abort(refusal("InvalidState", "save", "the checkpoint was cancelled"));
    await cancelled;
    await this.#known.release().catch(() => undefined);
    await this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }

  async #commitOnce(): Promise<CommitResult> {
    this.#checkUsable("commit");
    const shards = await this.#known.all();
    const manifest = Array.isArray(shards) ? await publish(this.#parts, shards) : shards;
    await this.#known.reconcile(manifest);
    const result = await announce(this.#parts, manifest);
    await this.#close();
    return result;
  }

  async #saveShard(rank: number, source: PutSource, signal: AbortSignal): Promise<ShardMeta> {
    const { compression } = this.#options;
    await this.#known.begin(rank);
    const result = await this.#store.put(this.#keys.make(rank), source, { compression, signal });
    this.#known.write(result.key);
    return this.#known.add(metaOfResult(rank, result));
  }

  #checkUsable(operation: string): void {
    if (this.#stop.signal.aborted) throw refusal("InvalidState", operation, "the checkpoint was cancelled");
    if (this.#commit !== undefined && operation !== "commit")
      throw refusal("InvalidState", operation, "it is being committed");
  }

  #checkRank(rank: number, operation: string): void {
    checkInteger(rank, "rank", 0, this.worldSize - 1, operation);
  }
}
