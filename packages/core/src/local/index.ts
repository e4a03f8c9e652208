export { ChunkMemory } from "./chunk-memory.js";
export { fromNodeError, nativeCode } from "./errors.js";
export type { FileIo, FileIoChooser, FileReadOptions, FileWriter } from "./file-io.js";
export { LocalDriver, type LocalDriverOptions } from "./local-driver.js";
export { checkLocalKey, RESERVED_PREFIX } from "./local-key.js";
export type { Durability } from "./publish.js";
export { escapeRawName } from "./raw-name.js";
export { changedFile, settledStats } from "./settled-stats.js";
