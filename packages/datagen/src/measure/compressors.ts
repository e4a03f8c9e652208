import { once } from "node:events";
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";

/** The compressors that a meter can try. */
export const COMPRESSORS = ["zstd-1", "zstd-3", "gzip-6", "lz4"] as const;
export type CompressorName = (typeof COMPRESSORS)[number];

/** Compresses one stream and keeps nothing but the count. */
export interface Compressor {
  /** Resolves when the bytes have been taken: the caller may change them. */
  add(bytes: Uint8Array): Promise<void>;
  /** Ends the stream and resolves with its bytes. */
  end(): Promise<number>;
}

/** Makes compressors of one kind; undefined where its library is not to be had. */
export async function compressorOf(name: CompressorName): Promise<(() => Compressor) | undefined> {
  if (name === "gzip-6") return () => new StreamCompressor(zlib.createGzip({ level: 6 }));
  if (name === "lz4") return lz4();
  return zstd(name === "zstd-1" ? 1 : 3);
}

/** zstd as one stream, which is what the zstd command does: core's own frames of 1 MiB find less. */
async function zstd(level: number): Promise<(() => Compressor) | undefined> {
  const addon = await import("zstd-napi").catch(() => undefined);
  if (addon !== undefined) return () => new StreamCompressor(new addon.CompressStream({ compressionLevel: level }));
  const { createZstdCompress, constants } = zlib as unknown as {
    readonly createZstdCompress?: (options: { readonly params: Readonly<Record<number, number>> }) => Transform;
    readonly constants: Readonly<Record<string, number>>;
  };
  if (createZstdCompress === undefined) return undefined;
  const params = { [constants["ZSTD_c_compressionLevel"] as number]: level };
  return () => new StreamCompressor(createZstdCompress({ params }));
}

async function lz4(): Promise<(() => Compressor) | undefined> {
  const addon = await import("lz4-napi").catch(() => undefined);
  if (addon === undefined) return undefined;
  return () => new PieceCompressor(async (piece) => (await addon.compressFrame(piece)).byteLength);
}

class StreamCompressor implements Compressor {
  readonly #stream: Transform;
  #bytes = 0;

  constructor(stream: Transform) {
    this.#stream = stream;
    stream.on("data", (chunk: Uint8Array) => {
      this.#bytes += chunk.byteLength;
    });
  }

  add(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(bytes, (error) => (error === null || error === undefined ? resolve() : reject(error)));
    });
  }

  async end(): Promise<number> {
    const ended = once(this.#stream, "end");
    this.#stream.end();
    await ended;
    return this.#bytes;
  }
}

/** What lz4 looks back is 64 KiB: frames of 4 MiB lose next to nothing. */
const PIECE_BYTES: number = 4 << 20;

class PieceCompressor implements Compressor {
  readonly #compress: (piece: Uint8Array) => Promise<number>;
  #piece = new Uint8Array(0);
  #filled = 0;
  #bytes = 0;

  constructor(compress: (piece: Uint8Array) => Promise<number>) {
    this.#compress = compress;
  }

  async add(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.byteLength; ) {
      this.#grow(this.#filled + bytes.byteLength - done);
      const part = bytes.subarray(done, done + this.#piece.byteLength - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.byteLength;
      done += part.byteLength;
      if (this.#filled === PIECE_BYTES) await this.#flush();
    }
  }

  async end(): Promise<number> {
    await this.#flush();
    return this.#bytes;
  }

  /** Small objects have small pieces. */
  #grow(neededBytes: number): void {
    const bytes = Math.min(neededBytes, PIECE_BYTES);
    if (bytes <= this.#piece.byteLength) return;
    const larger = new Uint8Array(Math.min(Math.max(bytes, this.#piece.byteLength * 2), PIECE_BYTES));
    larger.set(this.#piece.subarray(0, this.#filled));
    this.#piece = larger;
  }

  async #flush(): Promise<void> {
    if (this.#filled === 0) return;
    const filled = this.#piece.subarray(0, this.#filled);
    this.#filled = 0;
    this.#bytes += await this.#compress(filled);
  }
}
