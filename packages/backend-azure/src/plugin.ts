import type { BackendPlugin } from "@sluice/core";
import { openBase } from "./store.js";

/** The backend of `az://container/key`. */
export function azureBackend(): BackendPlugin {
  return {
    name: "azure",
    schemes: ["az"],
    base: "authority",
    open: async ({ authority, prefix }, options) => openBase(authority, prefix, options, "openStore"),
    createContainer: async ({ authority }, options, call) =>
      openBase(authority, "", options, "createContainer").createContainer(call),
    deleteContainer: async ({ authority }, options, call) =>
      openBase(authority, "", options, "deleteContainer").deleteContainer(call),
  };
}

/** What discovery calls: the same as {@link azureBackend}. */
export const createBackend: () => BackendPlugin = azureBackend;
