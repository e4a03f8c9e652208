import { type BackendPlugin, ObjectStoreError } from "@sluice/core";
import { checkFsOptions } from "./options.js";
import { openFsStore } from "./store.js";

/** The backend of `file:///absolute/folder/key`. */
export function fsBackend(): BackendPlugin {
  return {
    name: "fs",
    schemes: ["file"],
    base: "folder",
    open: async ({ authority, prefix }, options) => {
      if (authority !== "") {
        throw new ObjectStoreError(
          "InvalidArgument",
          `a file URI has three slashes and an absolute path: file:///${authority}/${prefix}`,
          { operation: "openStore", backend: "fs" },
        );
      }
      return openFsStore(`/${prefix}`, checkFsOptions(options, "openStore"));
    },
  };
}

/** What discovery calls: the same as {@link fsBackend}. */
export const createBackend: () => BackendPlugin = fsBackend;
