import type { Capabilities } from "./capabilities.js";
import type { StoreDriver } from "./driver.js";
import { isObjectStoreError, ObjectStoreError } from "./errors.js";
import { checkOptions } from "./options.js";
import type { ByteRange } from "./range.js";
import type {
  CallOptions,
  CopyOptions,
  DeleteManyResult,
  DeleteOptions,
  GetOptions,
  GetRangeOptions,
  GetRangesOptions,
  ListEntry,
  ListOptions,
  ObjectInfo,
  ObjectStore,
  StaleUpload,
  StoredObject,
  SweepOptions,
} from "./store.js";
import { StoreContext } from "./store-calls/context.js";
import { copyObject } from "./store-calls/copy-object.js";
import { deleteObject, deleteObjects } from "./store-calls/delete-objects.js";
import { getObject } from "./store-calls/get-object.js";
import { getManyRanges, getOneRange } from "./store-calls/get-ranges.js";
import { listObjects } from "./store-calls/list-objects.js";
import { openWriterOver } from "./store-calls/open-writer.js";
import { putObject } from "./store-calls/put-object.js";
import { sweepStaleUploads } from "./store-calls/sweep.js";
import type { ObjectWriter, WriteResult, WriterOptions } from "./writer/object-writer.js";
import type { PutSource } from "./writer/put-source.js";

export interface StoreBase {
  /** The base as a URI that ends in `/`. */
  readonly uri: string;
  /** What the driver's keys under the base begin with; empty, or ends in `/`. */
  readonly prefix: string;
}

/** The store over a backend's driver: all that backends have in common happens here. Closing it closes the driver. */
export function createStore(driver: StoreDriver, base: StoreBase): ObjectStore {
  return new DriverStore(new StoreContext(driver, base.uri, base.prefix));
}

class DriverStore implements ObjectStore {
  readonly backend: string;
  readonly uri: string;
  readonly capabilities: Capabilities;
  readonly #context: StoreContext;
  #closing: Promise<void> | undefined;

  constructor(context: StoreContext) {
    this.#context = context;
    this.backend = context.driver.backend;
    this.uri = context.uri;
    this.capabilities = context.driver.capabilities;
  }

  uriOf(key: string): string {
    return this.#context.uriOf(key);
  }

  createWriter(key: string, options: WriterOptions = {}): Promise<ObjectWriter> {
    return this.#run("createWriter", key, options, () => openWriterOver(this.#context, key, options, "createWriter"));
  }

  put(key: string, source: PutSource, options: WriterOptions = {}): Promise<WriteResult> {
    return this.#run("put", key, options, () => putObject(this.#context, key, source, options));
  }

  get(key: string, options: GetOptions = {}): Promise<StoredObject> {
    return this.#run("get", key, options, () => getObject(this.#context, key, options));
  }

  getRange(key: string, range: ByteRange, options: GetRangeOptions = {}): Promise<Uint8Array> {
    return this.#run("getRange", key, options, () => getOneRange(this.#context, key, range, options));
  }

  getRanges(key: string, ranges: readonly ByteRange[], options: GetRangesOptions = {}): Promise<Uint8Array[]> {
    return this.#run("getRanges", key, options, () => getManyRanges(this.#context, key, ranges, options));
  }

  head(key: string, options: CallOptions = {}): Promise<ObjectInfo> {
    return this.#run("head", key, options, async () => {
      checkOptions(options, ["signal"], "head");
      const driverKey = this.#context.keyFor(key, "head");
      return this.#context.infoOf(await this.#context.driver.head(driverKey, options.signal));
    });
  }

  async exists(key: string, options: CallOptions = {}): Promise<boolean> {
    try {
      await this.head(key, options);
      return true;
    } catch (error) {
      if (isObjectStoreError(error, "NotFound")) return false;
      throw error;
    }
  }

  async *list(options: ListOptions = {}): AsyncGenerator<ListEntry, void, void> {
    try {
      this.#checkOpen("list");
      yield* listObjects(this.#context, options);
    } catch (error) {
      throw this.#context.errorOf(error, "list", undefined);
    }
  }

  delete(key: string, options: DeleteOptions = {}): Promise<void> {
    return this.#run("delete", key, options, () => deleteObject(this.#context, key, options));
  }

  deleteMany(keys: readonly string[], options: CallOptions = {}): Promise<DeleteManyResult[]> {
    return this.#run("deleteMany", undefined, options, () => deleteObjects(this.#context, keys, options));
  }

  copy(sourceKey: string, targetKey: string, options: CopyOptions = {}): Promise<ObjectInfo> {
    return this.#run("copy", sourceKey, options, () =>
      copyObject(this.#context, "copy", sourceKey, targetKey, options),
    );
  }

  rename(sourceKey: string, targetKey: string, options: CopyOptions = {}): Promise<ObjectInfo> {
    return this.#run("rename", sourceKey, options, () =>
      copyObject(this.#context, "rename", sourceKey, targetKey, options),
    );
  }

  sweepStaleUploads(options: SweepOptions = {}): Promise<StaleUpload[]> {
    return this.#run("sweepStaleUploads", undefined, options, () => sweepStaleUploads(this.#context, options));
  }

  close(): Promise<void> {
    this.#closing ??= this.#context.driver.close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #run<T>(operation: string, key: string | undefined, options: CallOptions, call: () => Promise<T>): Promise<T> {
    return this.#context.run(operation, key, options?.signal, async () => {
      this.#checkOpen(operation);
      return call();
    });
  }

  #checkOpen(operation: string): void {
    if (this.#closing === undefined) return;
    throw new ObjectStoreError("InvalidState", `${operation}: the store is closed`, { operation });
  }
}
