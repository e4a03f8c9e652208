import type { WasmMemory } from "@sluice/core";

/** The part of the WebAssembly API that the kernel needs: neither ES2023 nor Node's types declare it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => WebAssemblyModule;
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => WasmMemory;
  readonly Instance: new (
    module: WebAssemblyModule,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => { readonly exports: unknown };
}

/** Compiled code, shared by all instances; opaque. */
export interface WebAssemblyModule {
  readonly [Symbol.toStringTag]: string;
}

export const webAssembly: WebAssemblyApi = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi })
  .WebAssembly;
