import type { WasmMemory } from "@sluice/core";

/** The size of a page of WebAssembly memory. */
const PAGE_BYTES = 65_536;

/** The part of the WebAssembly API that is needed: neither ES2023 nor Node's types declare it. */
interface WebAssemblyApi {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => WasmMemory;
}

/**
 * Memory that begins at a page, which no Buffer of Node does, and that can't grow, since growing would take its views
 * away. The system gives it real memory when it is written to.
 */
export function alignedMemory(bytes: number): WasmMemory {
  const { Memory } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
  const pages = Math.ceil(bytes / PAGE_BYTES);
  return new Memory({ initial: pages, maximum: pages });
}
