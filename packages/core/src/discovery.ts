import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BackendPlugin } from "./plugin.js";

export interface DiscoveryOptions {
  /** A folder of the application; its nearest package.json counts. Default: the main script's folder and the working folder. */
  readonly from?: string;
}

export interface Discovery {
  readonly backends: readonly BackendPlugin[];
  /** A sentence for each package that looked like a backend and could not be used. */
  readonly problems: readonly string[];
}

interface Manifest {
  readonly sluice?: { readonly backends?: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Package names that are backends by convention. */
const CONVENTION = /^(@sluice\/backend-|(@[^/]+\/)?sluice-backend-)/;

/**
 * The backends that the application depends on: those its package.json names under `sluice.backends`, else its dependencies
 * that are named by the convention. They are resolved from the application, since with strict package managers this
 * package cannot see them, and each must export `createBackend()`.
 */
export async function discoverBackends(options: DiscoveryOptions = {}): Promise<Discovery> {
  const backends = new Map<string, BackendPlugin>();
  const problems: string[] = [];
  for (const folder of startingFolders(options)) {
    const manifest = await nearestManifest(folder);
    if (manifest === undefined) continue;
    for (const name of backendNames(manifest.content).filter((candidate) => !backends.has(candidate))) {
      try {
        backends.set(name, await loadBackend(name, manifest.path));
      } catch (error) {
        problems.push(`${name} could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return { backends: [...backends.values()], problems };
}

function startingFolders({ from }: DiscoveryOptions): string[] {
  if (from !== undefined) return [resolve(from)];
  const script = process.argv[1];
  return [...(script === undefined ? [] : [dirname(resolve(script))]), process.cwd()];
}

async function nearestManifest(folder: string): Promise<{ path: string; content: Manifest } | undefined> {
  const path = join(folder, "package.json");
  try {
    return { path, content: JSON.parse(await readFile(path, "utf8")) as Manifest };
  } catch {
    const parent = dirname(folder);
    return parent === folder ? undefined : nearestManifest(parent);
  }
}

function backendNames(manifest: Manifest): readonly string[] {
  if (manifest.sluice?.backends !== undefined) return manifest.sluice.backends;
  const { dependencies, optionalDependencies, peerDependencies, devDependencies } = manifest;
  const all = { ...devDependencies, ...peerDependencies, ...optionalDependencies, ...dependencies };
  return Object.keys(all).filter((name) => CONVENTION.test(name));
}

async function loadBackend(name: string, manifestPath: string): Promise<BackendPlugin> {
  const path = createRequire(manifestPath).resolve(name);
  const module = (await import(pathToFileURL(path).href)) as { createBackend?: () => BackendPlugin };
  if (typeof module.createBackend !== "function") throw new Error("it exports no createBackend()");
  return module.createBackend();
}
