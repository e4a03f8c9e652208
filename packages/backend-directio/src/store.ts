import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, resolve } from "node:path";
import {
  asBasePath,
  createStore,
  formatObjectUri,
  type IoMode,
  type ObjectStore,
  ObjectStoreError,
  toObjectStoreError,
} from "@sluice/core";
import { type FileIoChooser, fromNodeError, LocalDriver, nativeCode } from "@sluice/core/local";
import { chooseByProbe } from "./folder-io.js";
import { checkDirectOptions, type DirectStoreOptions } from "./options.js";

const OPERATION = "openDirectStore";

/** A store of files written and read past the page cache. */
export interface DirectStore extends ObjectStore {
  /**
   * `direct`: past the page cache. `buffered`: through it, only ever with mode `preferred`. It is found by a probe of the
   * base folder; if another file system is mounted further down, an object's `ioMode` at finalize says what it was there.
   */
  readonly effectiveMode: IoMode;
}

/**
 * Opens the store of the files below a folder, which the first write makes if it is missing. The path must be absolute.
 * Unsupported, and nothing is made, where mode is `required` and direct I/O can't be had.
 */
export async function openDirectStore(folder: string, options: DirectStoreOptions = {}): Promise<DirectStore> {
  const { durability, ...ioOptions } = checkDirectOptions(options, OPERATION);
  if (typeof folder !== "string" || !isAbsolute(folder) || folder.includes("\0")) {
    const message = `the folder must be an absolute path, got ${JSON.stringify(folder)}`;
    throw new ObjectStoreError("InvalidArgument", message, { operation: OPERATION });
  }
  const uri = formatObjectUri({
    scheme: "direct",
    authority: "",
    path: asBasePath(resolve(folder).replace(/^\//, "")),
  });
  const chooseIo = chooseByProbe(ioOptions);
  const { ioMode: effectiveMode = "buffered" } = await chooseForBase(resolve(folder), chooseIo, uri);
  const driver = new LocalDriver({ backend: "directio", root: folder, io: chooseIo, durability });
  return Object.assign(createStore(driver, { uri, prefix: "" }), { effectiveMode });
}

/** Whether a store, such as one of `openStore("direct:///data")`, is of this backend and tells its `effectiveMode`. */
export function isDirectStore(store: ObjectStore): store is DirectStore {
  return store.backend === "directio" && "effectiveMode" in store;
}

/** Chooses for the folder, or for the nearest one above it that exists, in which it would be made. */
async function chooseForBase(folder: string, chooseIo: FileIoChooser, uri: string): Promise<{ ioMode?: IoMode }> {
  try {
    return await chooseIo(await realpath(folder));
  } catch (error) {
    const parent = dirname(folder);
    if (nativeCode(error) === "ENOENT" && parent !== folder) return chooseForBase(parent, chooseIo, uri);
    throw toObjectStoreError(fromNodeError(error), { operation: OPERATION, uri, backend: "directio" });
  }
}
