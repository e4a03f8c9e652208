import { setImmediate as nextTurn } from "node:timers/promises";
import type { Capabilities } from "../capabilities.js";
import type {
  DriverCopyOptions,
  DriverListOptions,
  DriverObject,
  DriverPage,
  DriverRead,
  DriverReadOptions,
  StoreDriver,
} from "../driver.js";
import { compareKeys } from "../key.js";
import { groupByDelimiter, isAfter, toPages } from "../list-pages.js";
import { resolveRange } from "../range.js";
import { throwIfAborted } from "../signal.js";
import { BufferedSink } from "../sink/buffered-sink.js";
import type { Sink, SinkOptions } from "../sink/sink.js";
import type { StaleUpload } from "../store.js";
import type { MemoryBucket, MemoryObject } from "./memory-bucket.js";

/** The largest object a memory store holds. */
const MEMORY_OBJECT_LIMIT_BYTES = 2 ** 32;

const READ_CHUNK_BYTES = 256 << 10;

const CAPABILITIES: Capabilities = {
  ifNotExists: true,
  ifMatch: true,
  atomicRename: true,
  metadata: true,
  anyKey: true,
  keyBelowKey: true,
  maxKeyBytes: 1024,
};

/** Objects in this process's memory: for tests, and for what need not outlive the process. */
export class MemoryDriver implements StoreDriver {
  readonly backend: string = "memory";
  readonly capabilities: Capabilities = CAPABILITIES;
  readonly #bucket: MemoryBucket;

  constructor(bucket: MemoryBucket) {
    this.#bucket = bucket;
  }

  async openSink(key: string, options: SinkOptions): Promise<Sink> {
    const { ifNotExists, ifMatch, contentType, metadata, signal } = options;
    return new BufferedSink(MEMORY_OBJECT_LIMIT_BYTES, async (bytes, { checksum, storedChecksum }) => {
      await nextTurn();
      throwIfAborted(signal, "finalize");
      const object = {
        bytes,
        checksum,
        storedChecksum,
        ...(contentType !== undefined && { contentType }),
        ...(metadata !== undefined && { metadata: { ...metadata } }),
      };
      const condition = {
        ...(ifNotExists !== undefined && { ifNotExists }),
        ...(ifMatch !== undefined && { ifMatch }),
      };
      return { etag: this.#bucket.set(key, object, condition) };
    });
  }

  async head(key: string, signal?: AbortSignal): Promise<DriverObject> {
    await nextTurn();
    throwIfAborted(signal, "head");
    return describe(key, this.#bucket.require(key));
  }

  async read(key: string, { range, ifMatch, signal }: DriverReadOptions): Promise<DriverRead> {
    await nextTurn();
    throwIfAborted(signal, "get");
    const object = this.#bucket.require(key, ifMatch);
    const resolved = resolveRange(range, object.bytes.byteLength);
    return {
      object: describe(key, object),
      range: resolved,
      body: copies(object.bytes.subarray(resolved.start, resolved.end), signal),
      cancel: async () => undefined,
    };
  }

  list(options: DriverListOptions): AsyncIterable<DriverPage> {
    return toPages(groupByDelimiter(this.#objects(options), options), options.pageSize);
  }

  async *#objects({
    prefix,
    startAfter,
    pageSize,
    signal,
  }: DriverListOptions): AsyncGenerator<DriverObject, void, void> {
    const keys = [...this.#bucket.objects.keys()].filter((key) => key.startsWith(prefix) && isAfter(key, startAfter));
    keys.sort(compareKeys);
    for (const [index, key] of keys.entries()) {
      if (index % pageSize === 0) await nextTurn();
      throwIfAborted(signal, "list");
      const object = this.#bucket.objects.get(key);
      if (object !== undefined) yield describe(key, object);
    }
  }

  async delete(key: string, { ifMatch, signal }: { ifMatch?: string; signal?: AbortSignal }): Promise<boolean> {
    await nextTurn();
    throwIfAborted(signal, "delete");
    return this.#bucket.delete(key, ifMatch === undefined ? {} : { ifMatch });
  }

  async copy(sourceKey: string, targetKey: string, { ifNotExists, signal }: DriverCopyOptions): Promise<undefined> {
    await nextTurn();
    throwIfAborted(signal, "copy");
    this.#bucket.set(targetKey, this.#bucket.require(sourceKey), ifNotExists === true ? { ifNotExists } : {});
  }

  async rename(sourceKey: string, targetKey: string, options: DriverCopyOptions): Promise<void> {
    await this.copy(sourceKey, targetKey, options);
    this.#bucket.delete(sourceKey, {});
  }

  /** Writers keep their bytes to themselves until they commit: a memory store never has stale uploads. */
  async sweep(): Promise<StaleUpload[]> {
    return [];
  }

  async close(): Promise<void> {}
}

function describe(key: string, { bytes, ...facts }: MemoryObject): DriverObject {
  return { key, size: bytes.byteLength, ...facts };
}

/** Copies, so that a reader that changes its chunks does not change the object. */
async function* copies(bytes: Uint8Array, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, void> {
  for (let offset = 0; offset < bytes.byteLength; offset += READ_CHUNK_BYTES) {
    throwIfAborted(signal, "get");
    yield bytes.slice(offset, offset + READ_CHUNK_BYTES);
    await nextTurn();
  }
}
