import { CRC64_BYTES_BASE64 } from "./crc64-bytes.generated.js";

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly INPUT: { readonly value: number };
  prepare(): void;
  update(value: bigint, byteLength: number): bigint;
}

/** Bytes that lie in the kernel's memory at once: they are in the processor's cache. */
const STEP_BYTES = 64 << 10;
let kernel: Kernel | undefined;

/** The part of the JavaScript interface of WebAssembly that is needed; neither ES2023 nor Node's typings declare it. */
const { WebAssembly: webAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: unknown };
  };
};

/** A running CRC-64/NVME. Reading the value consumes nothing. */
export class Crc64 {
  /** Before the last inversion. */
  #raw = ~0n;

  /** Appends bytes. */
  update(bytes: Uint8Array): void {
    kernel ??= load();
    const input = new Uint8Array(kernel.memory.buffer, kernel.INPUT.value, STEP_BYTES);
    for (let offset = 0; offset < bytes.byteLength; offset += STEP_BYTES) {
      const step = bytes.subarray(offset, offset + STEP_BYTES);
      input.set(step);
      this.#raw = kernel.update(this.#raw, step.byteLength);
    }
  }

  /** The unsigned 64-bit value of the bytes so far. */
  get value(): bigint {
    return BigInt.asUintN(64, ~this.#raw);
  }
}

/** CRC-64/NVME as 8 bytes, the lowest first, which is how Azure Storage has it in its headers. */
export function crc64Nvme(bytes: Uint8Array): Uint8Array {
  const crc = new Crc64();
  crc.update(bytes);
  const result = Buffer.alloc(8);
  result.writeBigUInt64LE(crc.value);
  return result;
}

function load(): Kernel {
  const module = new webAssembly.Module(Buffer.from(CRC64_BYTES_BASE64, "base64"));
  const made = new webAssembly.Instance(module).exports as Kernel;
  made.prepare();
  return made;
}
