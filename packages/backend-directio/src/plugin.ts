import { type BackendPlugin, ObjectStoreError } from "@sluice/core";
import { checkDirectOptions } from "./options.js";
import { openDirectStore } from "./store.js";

/** The backend of `direct:///absolute/folder/key`. */
export function directioBackend(): BackendPlugin {
  return {
    name: "directio",
    schemes: ["direct"],
    base: "folder",
    open: async ({ authority, prefix }, options) => {
      if (authority !== "") {
        throw new ObjectStoreError(
          "InvalidArgument",
          `a direct URI has three slashes and an absolute path: direct:///${authority}/${prefix}`,
          { operation: "openStore", backend: "directio" },
        );
      }
      return openDirectStore(`/${prefix}`, checkDirectOptions(options, "openStore"));
    },
  };
}

/** What discovery calls: the same as {@link directioBackend}. */
export const createBackend: () => BackendPlugin = directioBackend;
