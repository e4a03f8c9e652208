import type { Capabilities } from "../src/capabilities.js";
import { createStore } from "../src/driver-store.js";
import { MemoryBucket } from "../src/memory/memory-bucket.js";
import { MemoryDriver } from "../src/memory/memory-driver.js";
import type { Sink, SinkOptions } from "../src/sink/sink.js";
import type { ObjectStore } from "../src/store.js";
import { type ConformanceHarness, countingDriver, type DriverCounts } from "../src/testing/index.js";

/** A memory driver that knows which of its sinks are neither committed nor aborted: those are its leftovers. */
class WatchedMemoryDriver extends MemoryDriver {
  override readonly capabilities: Capabilities;
  readonly openSinks: Set<Sink> = new Set<Sink>();

  constructor(bucket: MemoryBucket, lacking: Partial<Capabilities>) {
    super(bucket);
    this.capabilities = { ...new MemoryDriver(bucket).capabilities, ...lacking };
  }

  override async openSink(key: string, options: SinkOptions): Promise<Sink> {
    const sink = await super.openSink(key, options);
    this.openSinks.add(sink);
    return {
      write: (chunk, crc32c) => sink.write(chunk, crc32c),
      commit: async (summary) => {
        const receipt = await sink.commit(summary);
        this.openSinks.delete(sink);
        return receipt;
      },
      abort: async () => {
        await sink.abort();
        this.openSinks.delete(sink);
      },
    };
  }
}

interface Place {
  readonly bucket: MemoryBucket;
  readonly openSinks: ReadonlySet<Sink>;
  readonly counts: DriverCounts;
}

export interface MemoryHarnessOptions {
  /** Capabilities that the store is to do without. */
  readonly lacking?: Partial<Capabilities>;
  /** The base within the memory; empty, or ends in `/`. */
  readonly prefix?: string;
  /** Stands between the suite and the store. */
  readonly wrap?: (store: ObjectStore) => ObjectStore;
}

/** A harness over memory with every hook but `boundedStore`, which memory cannot be. */
export function memoryHarness({ lacking = {}, prefix = "", wrap }: MemoryHarnessOptions = {}): ConformanceHarness {
  const places = new WeakMap<ObjectStore, Place>();
  const placeOf = (store: ObjectStore): Place => places.get(store) as Place;
  return {
    partBytes: 64 << 10,
    createStore: async () => {
      const bucket = new MemoryBucket();
      const watched = new WatchedMemoryDriver(bucket, lacking);
      const { driver, counts } = countingDriver(watched);
      const inner = createStore(driver, { uri: `memory://test/${prefix}`, prefix });
      const store = wrap?.(inner) ?? inner;
      places.set(store, { bucket, openSinks: watched.openSinks, counts });
      return store;
    },
    leftovers: async (store) => [...placeOf(store).openSinks].map((_, index) => `open sink ${index}`),
    listRequests: (store) => placeOf(store).counts.listRequests,
    readRequests: (store) => placeOf(store).counts.readRequests,
    bytesRead: (store) => placeOf(store).counts.bytesRead,
    corrupt: async (store, key, change) => {
      const { objects } = placeOf(store).bucket;
      const object = objects.get(prefix + key);
      if (object === undefined) throw new Error(`no object ${key}`);
      const bytes = "truncateTo" in change ? object.bytes.slice(0, change.truncateTo) : object.bytes.slice();
      if ("flipAt" in change) bytes[change.flipAt] = (bytes[change.flipAt] as number) ^ 1;
      objects.set(prefix + key, { ...object, bytes });
    },
  };
}
