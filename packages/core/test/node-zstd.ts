import * as zlib from "node:zlib";

/** Present from Node 22.15 on; the typings of Node 20 do not know it. */
export const zstdCompressSync = (zlib as unknown as { zstdCompressSync?: (data: Uint8Array) => Buffer })
  .zstdCompressSync;
