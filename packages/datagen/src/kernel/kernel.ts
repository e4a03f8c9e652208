import { fullBlocks, uniqueBlocks } from "../blocks.js";
import { toMilli } from "../factor.js";
import type { Recipe } from "../recipe.js";
import { KERNEL_BYTES_BASE64 } from "./kernel-bytes.generated.js";
import { type WebAssemblyModule, webAssembly } from "./web-assembly.js";

/** The most bytes of one piece: small enough to stay in the processor's cache until they are hashed and copied. */
export const MAX_PIECE_BYTES = 65_536;

/** The exports of assembly/kernel.ts. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  scratch(): number;
  configure(seed: bigint, blockBytes: number, full: number, unique: number, compressMilli: number): void;
  generate(target: number, offset: number, length: number): number;
}

let compiled: WebAssemblyModule | undefined;

/** One instance of the compiled generator with 128 KiB of memory of its own. Arguments must have been checked. */
export class Kernel {
  readonly #exports: KernelExports;
  readonly #scratch: number;

  constructor() {
    compiled ??= new webAssembly.Module(Buffer.from(KERNEL_BYTES_BASE64, "base64"));
    this.#exports = new webAssembly.Instance(compiled).exports as KernelExports;
    this.#scratch = this.#exports.scratch();
  }

  /** Sets the recipe; takes microseconds. */
  configure(recipe: Recipe): void {
    const { seed, blockSize, compress } = recipe;
    this.#exports.configure(seed, blockSize, fullBlocks(recipe), uniqueBlocks(recipe), toMilli(compress));
  }

  /** Bytes `offset` up to `offset + length`, at most {@link MAX_PIECE_BYTES}: a view, valid until the next call. */
  generate(offset: number, length: number): Uint8Array {
    const address = this.#exports.generate(this.#scratch, offset, length);
    return new Uint8Array(this.#exports.memory.buffer, address, length);
  }
}
