import type { WasmMemory } from "@sluice/core";
import { type WebAssemblyModule, webAssembly } from "../kernel/web-assembly.js";
import { type ChunkLimits, gearTable, masksOf } from "./fastcdc.js";
import { METER_BYTES_BASE64 } from "./meter-bytes.generated.js";

/** What is looked at in one go; all block sizes divide it. */
export const WINDOW_BYTES: number = 1 << 20;
/** Of content-defined chunks: the defaults of the fastcdc crate for chunks of 16 KiB. */
export const CHUNK_LIMITS: ChunkLimits = { minBytes: 4096, averageBytes: 16_384, maxBytes: 65_536 };

const GEAR = 0;
const COUNTERS = 4096;
const HASHES = 16_384;
/** The window begins behind room for the chunk that the window before began. */
const WINDOW: number = 1 << 17;
const PAGES = (WINDOW + WINDOW_BYTES) >> 16;

interface MeterExports {
  xxh64(address: number, length: number, seed: bigint): bigint;
  hashPieces(address: number, length: number, step: number, target: number): void;
  count(address: number, length: number, tables: number): void;
  cut(
    address: number,
    length: number,
    minBytes: number,
    averageBytes: number,
    maxBytes: number,
    strictMask: bigint,
    looseMask: bigint,
    gear: number,
  ): number;
}

let compiled: WebAssemblyModule | undefined;

/** The meter's loops over one window of data at a time. Arguments must have been checked. */
export class MeterKernel {
  readonly #exports: MeterExports;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #limits: ChunkLimits;
  readonly #masks: { readonly strict: bigint; readonly loose: bigint };
  #carried = 0;

  constructor(limits: ChunkLimits = CHUNK_LIMITS) {
    compiled ??= new webAssembly.Module(Buffer.from(METER_BYTES_BASE64, "base64"));
    const memory: WasmMemory = new webAssembly.Memory({ initial: PAGES, maximum: PAGES });
    this.#exports = new webAssembly.Instance(compiled, { env: { memory } }).exports as MeterExports;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#words = new Uint32Array(memory.buffer);
    this.#limits = limits;
    this.#masks = masksOf(limits);
    new BigUint64Array(memory.buffer, GEAR, 256).set(gearTable());
  }

  /** Where the window's bytes are put. */
  get window(): Uint8Array {
    return this.#bytes.subarray(WINDOW, WINDOW + WINDOW_BYTES);
  }

  /** The XXH64 of up to a window of bytes, which take the window's place. */
  hash(bytes: Uint8Array, seed = 0n): bigint {
    this.#bytes.set(bytes, WINDOW);
    return BigInt.asUintN(64, this.#exports.xxh64(WINDOW, bytes.byteLength, seed));
  }

  /** How often each byte value occurs among the first `length` bytes of the window. */
  histogram(length: number, into: Float64Array): void {
    const counters = this.#words.subarray(COUNTERS / 4, COUNTERS / 4 + 1024).fill(0);
    this.#exports.count(WINDOW, length, COUNTERS);
    for (let i = 0; i < 1024; i++) into[i & 255] = (into[i & 255] as number) + (counters[i] as number);
  }

  /**
   * The hashes of every `blockBytes` of the first `length` bytes of the window, the last of fewer. Sizes must be asked for from the
   * smallest up, each a multiple of the one before: larger blocks are hashed by the hashes of smaller ones.
   */
  blockHashes(length: number, blockBytes: number, smallerBytes: number | undefined): Uint32Array {
    const blocks = Math.ceil(length / blockBytes);
    if (smallerBytes === undefined) {
      this.#exports.hashPieces(WINDOW, length, blockBytes, HASHES);
    } else {
      const step = (blockBytes / smallerBytes) * 8;
      this.#exports.hashPieces(HASHES, Math.ceil(length / smallerBytes) * 8, step, HASHES);
    }
    return this.#words.subarray(HASHES / 4, HASHES / 4 + blocks * 2);
  }

  /** Calls `add` with the hash of every content-defined chunk that ends in the window, or with the object if `isLast`. */
  chunks(length: number, isLast: boolean, add: (high: number, low: number, bytes: number) => void): void {
    const { minBytes, averageBytes, maxBytes } = this.#limits;
    let at = WINDOW - this.#carried;
    const end = WINDOW + length;
    while (at < end && (isLast || end - at >= maxBytes)) {
      const { strict, loose } = this.#masks;
      const bytes = this.#exports.cut(at, end - at, minBytes, averageBytes, maxBytes, strict, loose, GEAR);
      this.#exports.hashPieces(at, bytes, bytes, HASHES);
      add(this.#words[HASHES / 4 + 1] as number, this.#words[HASHES / 4] as number, bytes);
      at += bytes;
    }
    this.#carried = end - at;
    this.#bytes.copyWithin(WINDOW - this.#carried, at, end);
  }
}
