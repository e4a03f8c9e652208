export type { FsStoreOptions } from "./options.js";
export { createBackend, fsBackend } from "./plugin.js";
export { openFsStore } from "./store.js";
