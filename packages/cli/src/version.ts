import { createRequire } from "node:module";

/** The package's version; its manifest lies above the sources and above what is built from them. */
export function packageVersion(): string {
  const manifest = createRequire(import.meta.url)("../package.json") as { readonly version: string };
  return manifest.version;
}
