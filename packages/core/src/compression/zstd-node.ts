import * as zlib from "node:zlib";
import { throughTransform } from "./gzip.js";
import type { ZstdEngine } from "./zstd-engine.js";

/** The part of node:zlib that Node has from 22.15 on, and the typings of Node 20 lack. */
interface NodeZstd {
  zstdCompress(
    content: Uint8Array,
    options: { params: Record<number, number> },
    callback: (error: Error | null, frame: Buffer) => void,
  ): void;
  createZstdDecompress(): import("node:stream").Duplex;
  constants: { ZSTD_c_compressionLevel: number; ZSTD_c_checksumFlag: number };
}

/** The engine over node:zlib; undefined where this Node has no zstd. */
export async function loadZstdNode(): Promise<ZstdEngine | undefined> {
  const nodeZstd = zlib as unknown as Partial<NodeZstd>;
  if (nodeZstd.zstdCompress === undefined || nodeZstd.createZstdDecompress === undefined) return undefined;
  return engineOver(nodeZstd as NodeZstd);
}

function engineOver({ zstdCompress, createZstdDecompress, constants }: NodeZstd): ZstdEngine {
  return {
    name: "node:zlib",
    isThreaded: true,
    takesLentChunks: false,
    frameCompressor: (level) => {
      const params = { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 };
      return (content) =>
        new Promise((resolve, reject) => {
          zstdCompress(content, { params }, (error, frame) => (error === null ? resolve(frame) : reject(error)));
        });
    },
    decode: (source) => throughTransform(createZstdDecompress(), source),
  };
}
