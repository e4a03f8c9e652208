import { checkBoolean, checkInteger, checkOptions, type ObjectStore, type OpenOptions } from "@sluice/core";
import { manifestKey } from "../layout/keys.js";
import type { Manifest, ManifestShard } from "../manifest/manifest.js";
import { BASE_OPTION_NAMES, type CheckpointBase, type OpenedBase, openBase } from "../open-base.js";
import { openSafetensors } from "../safetensors/open.js";
import type { SafetensorsFile } from "../safetensors/safetensors-file.js";
import { type Fallback, findLatest, loadStep } from "./find.js";
import { type CheckpointInfo, listCheckpoints } from "./list.js";
import { openShard } from "./open-shard.js";
import { parallelBytes } from "./parallel-bytes.js";
import { type RestoreResult, restoreShards, type ShardConsumer } from "./restore.js";
import type { ShardContent } from "./shard-content.js";
import { type VerifyReport, verifyShards } from "./verify.js";

export interface ReadCallOptions {
  readonly signal?: AbortSignal;
}

export interface VerifyOptions extends ReadCallOptions {
  /** Reads every byte. Default: presence and sizes only. */
  readonly full?: boolean;
  /** Shards at once. Default 4. */
  readonly concurrency?: number;
  /** Called with the bytes of content that were read since the last call. */
  readonly onProgress?: (bytes: number) => void;
}

export interface ShardBytesOptions extends ReadCallOptions {
  /** Bytes of one range. Default 16 MiB. */
  readonly partBytes?: number;
  /** Ranges at once. Default 4. */
  readonly concurrency?: number;
}

export interface RestoreOptions extends ReadCallOptions {
  /** False hands out bytes that are not what the manifest and the store have checksums of. Default true. */
  readonly verify?: boolean;
  /** Shards at once. Default 4. */
  readonly concurrency?: number;
}

const MAX_CONCURRENCY = 256;
const DEFAULT_CONCURRENCY = 4;
const DEFAULT_PART_BYTES = 16 << 20;

/** Reads one checkpoint. What a manifest says is checked before it is believed, and every byte on the way. */
export class CheckpointReader implements AsyncDisposable {
  readonly manifest: Manifest;
  /** The manifest's key, relative to the base. */
  readonly key: string;
  /** Why this is not the checkpoint that `latest.json` should name; absent if it is, or was asked for by its step. */
  readonly fallback?: Fallback;
  readonly #base: OpenedBase;

  private constructor(base: OpenedBase, manifest: Manifest, fallback?: Fallback) {
    this.#base = base;
    this.manifest = manifest;
    this.key = manifestKey(manifest);
    if (fallback !== undefined) this.fallback = fallback;
  }

  /**
   * The latest checkpoint below `base`. Where `latest.json` is missing or damaged, or names one that is not whole, the newest
   * whole one, and {@link fallback} says why. NotFound if there is none; ChecksumMismatch if none is whole.
   */
  static async latest(base: CheckpointBase, options: OpenOptions = {}): Promise<CheckpointReader> {
    return opening(base, options, "CheckpointReader.latest", async (opened) => {
      const { manifest, fallback } = await findLatest(opened.store, options.signal);
      return new CheckpointReader(opened, manifest, fallback);
    });
  }

  /**
   * The checkpoint of a step, the newest where there are several, or the one with `ts`. Its shards are not looked at: `verify`
   * does that. NotFound if there is none; ChecksumMismatch if its manifest is not valid; Unavailable if a marker or `latest.json` tells of
   * it and its manifest is not there.
   */
  static async byStep(
    base: CheckpointBase,
    step: number,
    options: OpenOptions & { readonly ts?: string } = {},
  ): Promise<CheckpointReader> {
    const { ts, ...open } = options;
    checkInteger(step, "step", 0, Number.MAX_SAFE_INTEGER, "CheckpointReader.byStep");
    return opening(base, open, "CheckpointReader.byStep", async (opened) => {
      return new CheckpointReader(opened, await loadStep(opened.store, step, ts, options.signal));
    });
  }

  /** All checkpoints below `base`, from old to new; those with a bad manifest too, with what is wrong. */
  static async list(base: CheckpointBase, options: OpenOptions = {}): Promise<CheckpointInfo[]> {
    checkOptions(options, BASE_OPTION_NAMES, "CheckpointReader.list");
    const opened = await openBase(base, options, "CheckpointReader.list");
    try {
      return await listCheckpoints(opened.store, options.signal);
    } finally {
      await opened.close();
    }
  }

  get step(): number {
    return this.manifest.step;
  }

  get store(): ObjectStore {
    return this.#base.store;
  }

  /** Looks for damage and names every bad shard; rejects only where the store can't be read. */
  verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    checkOptions(options, ["full", "concurrency", "onProgress", "signal"], "verify");
    const { full = false, concurrency = DEFAULT_CONCURRENCY, onProgress, signal } = options;
    checkInteger(concurrency, "concurrency", 1, MAX_CONCURRENCY, "verify");
    return verifyShards({ store: this.store, manifest: this.manifest, isFull: full, concurrency, signal, onProgress });
  }

  /** A rank's content, decoded, as a stream that verifies as it goes. */
  async shard(rank: number, { signal }: ReadCallOptions = {}): Promise<ShardContent> {
    return openShard(this.store, this.#shardOf(rank, "shard"), { isOurs: this.manifest.isOurs, signal });
  }

  /** A rank's content in one buffer, verified, read by ranges in parallel where the shard's form allows it. */
  async shardBytes(rank: number, options: ShardBytesOptions = {}): Promise<Uint8Array> {
    checkOptions(options, ["partBytes", "concurrency", "signal"], "shardBytes");
    const { partBytes = DEFAULT_PART_BYTES, concurrency = DEFAULT_CONCURRENCY, signal } = options;
    checkInteger(partBytes, "partBytes", 1, Number.MAX_SAFE_INTEGER, "shardBytes");
    checkInteger(concurrency, "concurrency", 1, MAX_CONCURRENCY, "shardBytes");
    const shard = this.#shardOf(rank, "shardBytes");
    const { size, checksum, compression } = shard;
    // gzip can only be read from its beginning, and other programs' shards may have another kind of checksum.
    if (!this.manifest.isOurs || compression === "gzip" || size === undefined || checksum === undefined) {
      return (await this.shard(rank, options)).bytes();
    }
    return parallelBytes(this.store, { ...shard, size, checksum }, { partBytes, concurrency, signal });
  }

  /** Hands every shard to `consume`, some at once; after the first failure the others are stopped. */
  restore(consume: ShardConsumer, options: RestoreOptions = {}): Promise<RestoreResult> {
    checkOptions(options, ["verify", "concurrency", "signal"], "restore");
    const { verify: isCompared = true, concurrency = DEFAULT_CONCURRENCY, signal } = options;
    checkBoolean(isCompared, "verify", "restore");
    checkInteger(concurrency, "concurrency", 1, MAX_CONCURRENCY, "restore");
    return restoreShards({ store: this.store, manifest: this.manifest, consume, isCompared, concurrency, signal });
  }

  /** The safetensors header of a rank's shard, through which single tensors are read by range. */
  async tensors(rank: number, { signal }: ReadCallOptions = {}): Promise<SafetensorsFile> {
    const { key, compression } = this.#shardOf(rank, "tensors");
    const decode = compression === undefined ? {} : { decode: compression };
    return openSafetensors(this.store, key, { ...decode, ...(signal !== undefined && { signal }) });
  }

  /** Ends the use of the store, where the base was a URI. */
  close(): Promise<void> {
    return this.#base.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #shardOf(rank: number, operation: string): ManifestShard {
    checkInteger(rank, "rank", 0, this.manifest.worldSize - 1, operation);
    return this.manifest.shards[rank] as ManifestShard;
  }
}

/** Opens the base, and closes it again if nothing comes of it. */
async function opening(
  base: CheckpointBase,
  options: OpenOptions,
  operation: string,
  work: (opened: OpenedBase) => Promise<CheckpointReader>,
): Promise<CheckpointReader> {
  checkOptions(options, BASE_OPTION_NAMES, operation);
  const opened = await openBase(base, options, operation);
  try {
    return await work(opened);
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
}
