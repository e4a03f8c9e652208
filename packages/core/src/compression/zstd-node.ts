import * as zlib from "node:zlib";
import { damaged } from "./damage.js";
import { ZLIB_CHUNK_BYTES, ZlibFeed, type ZlibStream } from "./zlib-feed.js";
import type { ZstdEngine, ZstdFrameDecoder } from "./zstd-engine.js";

/** The part of node:zlib that Node has from 22.15 on, and the typings of Node 20 lack. */
interface NodeZstd {
  zstdCompress(
    content: Uint8Array,
    options: { params: Record<number, number>; pledgedSrcSize: number },
    callback: (error: Error | null, frame: Buffer) => void,
  ): void;
  createZstdDecompress(options: { chunkSize: number }): ZlibStream;
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
    frameCompressor: (level) => {
      const params = { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 };
      return (content) =>
        new Promise((resolve, reject) => {
          const options = { params, pledgedSrcSize: content.byteLength };
          zstdCompress(content, options, (error, frame) => (error === null ? resolve(frame) : reject(error)));
        });
    },
    frameDecoder: () => frameDecoder(() => createZstdDecompress({ chunkSize: ZLIB_CHUNK_BYTES })),
  };
}

/** A decompressor for each frame, as some versions of Node stop behind the first and others go on with what is none. */
function frameDecoder(create: () => ZlibStream): ZstdFrameDecoder {
  let feed: ZlibFeed | undefined;
  let fedBytes = 0;
  const close = (): void => {
    feed?.close();
    feed = undefined;
    fedBytes = 0;
  };
  return {
    close,
    async *decode(bytes, endsFrame) {
      feed ??= new ZlibFeed("zstd", create());
      fedBytes += bytes.byteLength;
      yield* feed.push(bytes);
      // All of the content came out with the last byte: ending the stream would only cost another turn of a thread.
      if (feed.bytesTaken !== fedBytes) throw damaged("zstd", "a frame does not end with its last block");
      if (endsFrame) close();
    },
  };
}
