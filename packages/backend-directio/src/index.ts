export type { IoMode } from "@sluice/core";
export type { DirectMode, DirectStoreOptions } from "./options.js";
export { createBackend, directioBackend } from "./plugin.js";
export { type DirectStore, isDirectStore, openDirectStore } from "./store.js";
