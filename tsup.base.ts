import type { Options } from "tsup";

/** What every package builds alike: ESM with types and source maps for the oldest Node that is supported. */
export function packageBuild(entry: Record<string, string>, overrides: Options = {}): Options {
  return {
    entry,
    format: ["esm"],
    target: "node20.19",
    platform: "node",
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    // Optional dependencies are loaded where they are there, never bundled.
    external: [/^zstd-napi/, /^lz4-napi/],
    ...overrides,
  };
}
