import { createRequire } from "node:module";
import { slicingCrc32c } from "./slicing.js";

type Crc32cFunction = (data: Uint8Array, previous?: number) => number;

let chosen: { readonly engine: "native" | "javascript"; readonly compute: Crc32cFunction } | undefined;

/** The fastest CRC-32C this machine can load: @node-rs/crc32, else plain JavaScript with the same values. */
export function crc32cEngine(): { readonly engine: "native" | "javascript"; readonly compute: Crc32cFunction } {
  chosen ??= load();
  return chosen;
}

function load(): typeof chosen & {} {
  try {
    const native = createRequire(import.meta.url)("@node-rs/crc32") as { crc32c: Crc32cFunction };
    return { engine: "native", compute: native.crc32c };
  } catch {
    return { engine: "javascript", compute: slicingCrc32c };
  }
}
