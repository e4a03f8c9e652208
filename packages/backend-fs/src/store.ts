import { constants } from "node:fs";
import { copyFile, open } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { asBasePath, createStore, formatObjectUri, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { type FileIo, LocalDriver } from "@sluice/core/local";
import { checkFsOptions, type FsStoreOptions } from "./options.js";
import { readAhead } from "./read-ahead.js";
import { RingWriter } from "./ring-writer.js";

/** Files through the page cache. */
export const BUFFERED_IO: FileIo = {
  open,
  createWriter: (handle, storedSize) => new RingWriter(handle, storedSize),
  read: readAhead,
  copyFile: (source, target) => copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL),
};

/** The store of the files below a folder, which the first write makes if it is missing. The path must be absolute. */
export function openFsStore(folder: string, options: FsStoreOptions = {}): ObjectStore {
  const { durability } = checkFsOptions(options, "openFsStore");
  if (typeof folder !== "string" || !isAbsolute(folder) || folder.includes("\0")) {
    throw new ObjectStoreError(
      "InvalidArgument",
      `the folder must be an absolute path, got ${JSON.stringify(folder)}`,
      {
        operation: "openFsStore",
      },
    );
  }
  const path = asBasePath(resolve(folder).replace(/^\//, ""));
  const driver = new LocalDriver({ backend: "fs", root: folder, io: BUFFERED_IO, durability });
  return createStore(driver, { uri: formatObjectUri({ scheme: "file", authority: "", path }), prefix: "" });
}
