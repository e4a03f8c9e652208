import { ObjectStoreError } from "../errors.js";

/** What the library that does the work must offer. */
export interface ZstdEngine {
  readonly name: "zstd-napi" | "node:zlib";
  /** Whether it compresses in threads of its own, so that several frames can be under way. */
  readonly isThreaded: boolean;
  /** Compresses one frame a call, with content size and checksum in it; the result is valid until the next call. */
  frameCompressor(level: number): (content: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  /** With `lendChunks` what the decoder delivers need be valid only until the next chunk is asked for. */
  frameDecoder(lendChunks: boolean): ZstdFrameDecoder;
}

/** Decodes one frame after another. */
export interface ZstdFrameDecoder {
  /**
   * The content in the next bytes of a frame, which are not read any more once the iteration has ended. ChecksumMismatch if
   * they are damaged, or the frame does not end with them just where `endsFrame` says so.
   */
  decode(bytes: Uint8Array, endsFrame: boolean): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** Releases what it holds, also in the middle of a frame. */
  close(): void;
}

/** Tries to load an engine; undefined where it is not to be had. */
export type ZstdEngineLoader = () => Promise<ZstdEngine | undefined>;

let chosen: Promise<ZstdEngine> | undefined;

/** The engine of this process: zstd-napi, else the zstd of node:zlib, else Unsupported with the remedy. */
export function zstdEngine(): Promise<ZstdEngine> {
  chosen ??= chooseZstdEngine([loadNapi, loadNodeZlib]);
  return chosen;
}

/** The first engine that loads. */
export async function chooseZstdEngine(loaders: readonly ZstdEngineLoader[]): Promise<ZstdEngine> {
  for (const load of loaders) {
    const engine = await load();
    if (engine !== undefined) return engine;
  }
  throw new ObjectStoreError(
    "Unsupported",
    "zstd is not available: the optional package zstd-napi did not load and this Node has no zstd in node:zlib. " +
      "Install zstd-napi (npm install zstd-napi; it may need a C++ compiler), or use Node 22.15 or later, or compress with gzip",
  );
}

const loadNapi: ZstdEngineLoader = async () => (await import("./zstd-napi.js")).loadZstdNapi();
const loadNodeZlib: ZstdEngineLoader = async () => (await import("./zstd-node.js")).loadZstdNode();
