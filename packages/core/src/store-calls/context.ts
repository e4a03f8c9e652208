import type { DriverObject, StoreDriver } from "../driver.js";
import { ObjectStoreError, toObjectStoreError } from "../errors.js";
import { checkKey } from "../key.js";
import { allowManyCalls, throwIfAborted } from "../signal.js";
import type { ObjectInfo } from "../store.js";

/** A driver under a base: turns keys of the store into the driver's and back, and completes errors. */
export class StoreContext {
  readonly driver: StoreDriver;
  /** The base, ending in `/`. */
  readonly uri: string;
  /** What the driver's keys begin with in this store. */
  readonly prefix: string;

  constructor(driver: StoreDriver, uri: string, prefix: string) {
    this.driver = driver;
    this.uri = uri;
    this.prefix = prefix;
  }

  uriOf(key: string): string {
    return this.uri + key;
  }

  /** The driver's key for a key of this store; InvalidArgument if the store can't hold it. */
  keyFor(key: string, operation: string): string {
    const { maxKeyBytes } = this.driver.capabilities;
    checkKey(key, maxKeyBytes - Buffer.byteLength(this.prefix), operation);
    const full = this.prefix + key;
    this.driver.checkKey?.(full, operation);
    return full;
  }

  /** Facts under the key that the object has in this store; an object outside of the base has none. */
  infoOf(object: DriverObject): ObjectInfo {
    if (!object.key.startsWith(this.prefix)) {
      throw new ObjectStoreError("Unavailable", `${JSON.stringify(object.key)} is not in the store of ${this.uri}`);
    }
    const key = object.key.slice(this.prefix.length);
    return { ...object, key, uri: this.uriOf(key) };
  }

  /** Runs one call: not at all if it is aborted already, and with errors that say where they come from. */
  async run<T>(
    operation: string,
    key: string | undefined,
    signal: AbortSignal | undefined,
    call: () => Promise<T>,
  ): Promise<T> {
    try {
      allowManyCalls(signal);
      throwIfAborted(signal, operation);
      return await call();
    } catch (error) {
      throw this.errorOf(error, operation, key);
    }
  }

  errorOf(error: unknown, operation: string, key: string | undefined): ObjectStoreError {
    const uri = typeof key === "string" ? this.uriOf(key) : this.uri;
    return toObjectStoreError(error, { operation, uri, backend: this.driver.backend });
  }

  /** Refuses with Unsupported what the store's capabilities lack. */
  require(isSupported: boolean, what: string, operation: string): void {
    if (isSupported) return;
    throw new ObjectStoreError("Unsupported", `${operation}: the ${this.driver.backend} backend has no ${what}`, {
      operation,
      backend: this.driver.backend,
    });
  }
}
