import { createStore } from "../driver-store.js";
import { ObjectStoreError } from "../errors.js";
import { checkOptions } from "../options.js";
import type { BackendPlugin, StoreLocation } from "../plugin.js";
import type { ObjectStore } from "../store.js";
import { formatObjectUri } from "../uri.js";
import { MemoryBucket } from "./memory-bucket.js";
import { MemoryDriver } from "./memory-driver.js";

/**
 * The backend of `memory://name/key`. Stores of one name share their objects for as long as the plugin, and so the
 * registry that holds it, is alive.
 */
export function memoryBackend(): BackendPlugin {
  const buckets = new Map<string, MemoryBucket>();
  return {
    name: "memory",
    schemes: ["memory"],
    base: "authority",
    open: async (location, options) => {
      checkOptions(options, [], "openStore: memory");
      if (location.authority === "") {
        throw new ObjectStoreError("InvalidArgument", "a memory URI needs a name: memory://name/key", {
          operation: "openStore",
        });
      }
      const bucket = buckets.get(location.authority) ?? new MemoryBucket();
      buckets.set(location.authority, bucket);
      return storeOver(bucket, location);
    },
  };
}

/** A memory store of its own, which nothing else can reach. */
export function createMemoryStore(): ObjectStore {
  return storeOver(new MemoryBucket(), { scheme: "memory", authority: "private", prefix: "" });
}

function storeOver(bucket: MemoryBucket, { scheme, authority, prefix }: StoreLocation): ObjectStore {
  return createStore(new MemoryDriver(bucket), {
    uri: formatObjectUri({ scheme, authority, path: prefix }),
    prefix,
  });
}
