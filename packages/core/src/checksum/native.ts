import { createRequire } from "node:module";
import { crc32 as zlibCrc32 } from "node:zlib";
import { slicingCrc32c } from "./slicing.js";

type CrcFunction = (data: Uint8Array, previous?: number) => number;

interface NativeCrcs {
  readonly crc32: CrcFunction;
  readonly crc32c: CrcFunction;
}

let loaded: { readonly native: NativeCrcs | undefined } | undefined;

/** The fastest CRC-32C this machine can load: @node-rs/crc32, else plain JavaScript with the same values. */
export function crc32cEngine(): { readonly engine: "native" | "javascript"; readonly compute: CrcFunction } {
  const native = loadNative();
  if (native === undefined) return { engine: "javascript", compute: slicingCrc32c };
  return { engine: "native", compute: native.crc32c };
}

/** The fastest IEEE CRC-32: that of @node-rs/crc32, else Node's own, at about half the speed. */
export function crc32Engine(): CrcFunction {
  return loadNative()?.crc32 ?? zlibCrc32;
}

function loadNative(): NativeCrcs | undefined {
  loaded ??= { native: requireNative() };
  return loaded.native;
}

function requireNative(): NativeCrcs | undefined {
  try {
    return createRequire(import.meta.url)("@node-rs/crc32") as NativeCrcs;
  } catch {
    return undefined;
  }
}
