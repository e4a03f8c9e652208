/** The part of `WebAssembly.Memory` that is needed; neither ES2023 nor Node's typings declare it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/**
 * WebAssembly memory of fixed size that a sink lends parts of. Code compiled to WebAssembly can run in it and so make an
 * object's bytes in the very place they are written from.
 */
export interface LentMemory {
  readonly memory: WasmMemory;
  /** Sets bytes aside for such code's own data, until `free` is called; undefined if there is no room for them. */
  allocate(bytes: number): { readonly address: number; free(): void } | undefined;
}

const lentMemories = new WeakMap<ArrayBuffer, LentMemory>();

/** Makes it known that parts of this memory will be lent. */
export function registerLentMemory(memory: LentMemory): void {
  lentMemories.set(memory.memory.buffer, memory);
}

/** The memory that lent bytes are a part of; undefined if they are ordinary ones. */
export function lentMemoryOf(bytes: Uint8Array): LentMemory | undefined {
  return lentMemories.get(bytes.buffer as ArrayBuffer);
}
