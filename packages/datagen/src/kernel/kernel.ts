import type { LentMemory, WasmMemory } from "@sluice/core";
import { fullBlocks, scopeOf, tailQuotaBytes, uniqueBlocks } from "../blocks.js";
import { toMilli } from "../factor.js";
import type { Recipe } from "../recipe.js";
import { KERNEL_BYTES_BASE64 } from "./kernel-bytes.generated.js";
import { type WebAssemblyModule, webAssembly } from "./web-assembly.js";

/** The most bytes of one piece: small enough to stay in the processor's cache until they are hashed and copied. */
export const MAX_PIECE_BYTES = 65_536;

/** The kernel writes whole rows of so many bytes. */
export const ROW_BYTES = 128;

/** Where a kernel with memory of its own has its state, and its scratch area: 64 KiB and the rest of a row before and after. */
const OWN_STATE = 1024;
const OWN_SCRATCH = 20_480;
const OWN_PAGES = 2;

/** The exports of assembly/kernel.ts. */
interface KernelExports {
  stateBytes(): number;
  seed(state: number, version: number, seed: bigint): void;
  configure(state: number, blockBytes: number, full: number, compressMilli: number): void;
  place(
    state: number,
    firstBlock: number,
    scopeBlocks: number,
    unique: number,
    isNear: boolean,
    tailId: number,
    tailBytes: number,
  ): void;
  generate(state: number, target: number, offset: number, length: number): number;
}

let compiled: WebAssemblyModule | undefined;

/** One instance of the compiled generator. Arguments must have been checked. */
export class Kernel {
  readonly #memory: WasmMemory;
  readonly #exports: KernelExports;
  readonly #state: number;
  readonly #free: () => void;
  /** Of the tables that the state holds. */
  #seed: bigint | undefined;
  #version: number | undefined;

  /** A kernel with 128 KiB of memory of its own. */
  static own(): Kernel {
    const memory = new webAssembly.Memory({ initial: OWN_PAGES, maximum: OWN_PAGES });
    return new Kernel(memory, instantiate(memory), OWN_STATE, () => undefined);
  }

  /** A kernel that writes into lent memory; undefined if there is no room for its state there. */
  static within(lent: LentMemory): Kernel | undefined {
    const exports = instantiate(lent.memory);
    const area = lent.allocate(exports.stateBytes());
    return area === undefined ? undefined : new Kernel(lent.memory, exports, area.address, () => area.free());
  }

  private constructor(memory: WasmMemory, exports: KernelExports, state: number, free: () => void) {
    this.#memory = memory;
    this.#exports = exports;
    this.#state = state;
    this.#free = free;
  }

  /** Sets the recipe; takes microseconds. */
  configure(recipe: Recipe): void {
    const { version, seed, blockSize, compress } = recipe;
    const { blocks, firstBlock, index } = scopeOf(recipe);
    const unique = uniqueBlocks(recipe);
    const isNear = recipe.version === 2 && recipe.placement === "near";
    if (seed !== this.#seed || version !== this.#version) this.#exports.seed(this.#state, version, seed);
    this.#seed = seed;
    this.#version = version;
    this.#exports.configure(this.#state, blockSize, fullBlocks(recipe), toMilli(compress));
    this.#exports.place(this.#state, firstBlock, blocks, unique, isNear, unique + index, tailQuotaBytes(recipe));
  }

  /**
   * Bytes `offset` up to `offset + length`, at most {@link MAX_PIECE_BYTES}, of a kernel with memory of its own: a view,
   * valid until the next call.
   */
  generate(offset: number, length: number): Uint8Array {
    const address = this.#exports.generate(this.#state, OWN_SCRATCH, offset, length);
    return new Uint8Array(this.#memory.buffer, address, length);
  }

  /** Whole rows of bytes into `target`, which is a part of the kernel's memory; offset and length are multiples of a row. */
  generateInto(target: Uint8Array, offset: number): void {
    this.#exports.generate(this.#state, target.byteOffset, offset, target.byteLength);
  }

  /** Gives the state's place in lent memory back. */
  release(): void {
    this.#free();
  }
}

function instantiate(memory: WasmMemory): KernelExports {
  compiled ??= new webAssembly.Module(Buffer.from(KERNEL_BYTES_BASE64, "base64"));
  return new webAssembly.Instance(compiled, { env: { memory } }).exports as KernelExports;
}
