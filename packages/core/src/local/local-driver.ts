import { lstat, open, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
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
import { ObjectStoreError } from "../errors.js";
import { throwIfAborted } from "../signal.js";
import type { Sink, SinkOptions } from "../sink/sink.js";
import type { StaleUpload } from "../store.js";
import { withClaim } from "./claim.js";
import { copyVersion } from "./copy-version.js";
import { fromNodeError, isMissing } from "./errors.js";
import type { FileIo, FileIoChooser } from "./file-io.js";
import { listTree } from "./list-tree.js";
import { checkLocalKey, MAX_KEY_BYTES } from "./local-key.js";
import { LocalRoot, type WritePlace } from "./local-root.js";
import { openLocalSink } from "./local-sink.js";
import { checkVersion, type Durability, publish, syncFolders } from "./publish.js";
import { openLocalFile } from "./read-file.js";
import { refuseSpecialFile } from "./special-file.js";
import { type SweepTreeOptions, sweepTree } from "./sweep-tree.js";
import { tempName } from "./temp-file.js";
import { describeFile, stampVersion } from "./version.js";
import { withPlace } from "./with-place.js";

const CAPABILITIES: Capabilities = {
  ifNotExists: true,
  ifMatch: true,
  atomicRename: true,
  metadata: false,
  anyKey: false,
  keyBelowKey: false,
  maxKeyBytes: MAX_KEY_BYTES,
};

export interface LocalDriverOptions {
  /** The backend's name. */
  readonly backend: string;
  /** The folder that keys are paths below; made by the first write. */
  readonly root: string;
  /** How files are written and read: all alike, or as is chosen for their folder when one is opened. */
  readonly io: FileIo | FileIoChooser;
  readonly durability: Durability;
}

/** The driver of every backend whose objects are files: an object is a file, replaced whole and never changed. */
export class LocalDriver implements StoreDriver {
  readonly backend: string;
  readonly capabilities: Capabilities = CAPABILITIES;
  readonly #root: LocalRoot;
  readonly #chooseIo: FileIoChooser;
  readonly #durability: Durability;

  constructor({ backend, root, io, durability }: LocalDriverOptions) {
    this.backend = backend;
    this.#root = new LocalRoot(root);
    this.#chooseIo = typeof io === "function" ? io : async () => io;
    this.#durability = durability;
  }

  checkKey(key: string, operation: string): void {
    checkLocalKey(key, operation);
  }

  openSink(key: string, options: SinkOptions): Promise<Sink> {
    return openLocalSink(this.#root, key, this.#chooseIo, this.#durability, options);
  }

  async head(key: string): Promise<DriverObject> {
    return this.#existing(async () => {
      const stats = await stat(await this.#root.realFile(key), { bigint: true });
      if (!stats.isFile()) throw new ObjectStoreError("NotFound", `${JSON.stringify(key)} is not a file`);
      return describeFile(key, stats);
    });
  }

  read(key: string, options: DriverReadOptions): Promise<DriverRead> {
    return this.#existing(() => openLocalFile(this.#root, key, this.#chooseIo, options));
  }

  list(options: DriverListOptions): AsyncIterable<DriverPage> {
    return listTree(this.#root, options);
  }

  async delete(
    key: string,
    { ifMatch, signal }: { readonly ifMatch?: string; readonly signal?: AbortSignal },
  ): Promise<boolean> {
    try {
      const { folder, path } = await this.#root.realEntry(key);
      throwIfAborted(signal, "delete");
      const found = await lstat(path);
      if (found.isDirectory()) return false;
      refuseSpecialFile(path, found);
      if (ifMatch === undefined) await unlink(path);
      else {
        await withClaim(folder, path, ifMatch, signal, async () => {
          await checkVersion(path, ifMatch);
          await unlink(path);
        });
      }
      await this.#sync([folder]);
      await this.#root.pruneEmpty(folder);
      return true;
    } catch (error) {
      if (!isMissing(error)) throw fromNodeError(error);
      await this.#root.identity();
      return false;
    }
  }

  async copy(sourceKey: string, targetKey: string, options: DriverCopyOptions): Promise<undefined> {
    await this.head(sourceKey);
    const source = await this.#existing(() => this.#root.realFile(sourceKey));
    await this.#intoPlace(targetKey, async (place) => {
      const temp = join(place.folder, tempName());
      try {
        // The source's folder may lie on another file system, and has to be readable in the same way.
        await this.#chooseIo(dirname(source));
        const io = await this.#chooseIo(place.folder);
        await copyVersion(io, source, temp, options.signal);
        const handle = await open(temp, "r+");
        try {
          await stampVersion(handle);
          if (this.#durability === "fsync") await handle.sync();
        } finally {
          await handle.close();
        }
        throwIfAborted(options.signal, "copy");
        await publish(temp, place.path, options);
      } catch (error) {
        await unlink(temp).catch(() => undefined);
        throw error;
      }
    });
  }

  async rename(sourceKey: string, targetKey: string, options: DriverCopyOptions): Promise<void> {
    await this.head(sourceKey);
    const source = await this.#existing(() => this.#root.realEntry(sourceKey));
    await this.#intoPlace(targetKey, async (place) => {
      throwIfAborted(options.signal, "rename");
      await publish(source.path, place.path, options);
    });
    await this.#sync([source.folder]);
    await this.#root.pruneEmpty(source.folder);
  }

  sweep(options: SweepTreeOptions): Promise<StaleUpload[]> {
    return sweepTree(this.#root, options);
  }

  async close(): Promise<void> {}

  /** For what must exist: a path through something that is no folder names nothing, and without its root nothing is known. */
  async #existing<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      const known = fromNodeError(error);
      if (!isMissing(error)) throw known;
      await this.#root.identity();
      throw new ObjectStoreError("NotFound", known.message, { cause: error });
    }
  }

  async #intoPlace(key: string, act: (place: WritePlace) => Promise<void>): Promise<void> {
    try {
      await withPlace(this.#root, key, async (place) => {
        await act(place);
        await this.#sync([place.folder, ...place.madeFolders.map(dirname)]);
      });
    } catch (error) {
      throw fromNodeError(error);
    }
  }

  async #sync(folders: readonly string[]): Promise<void> {
    if (this.#durability === "fsync") await syncFolders(folders);
  }
}
