import { type DiscoveryOptions, discoverBackends } from "./discovery.js";
import { ObjectStoreError } from "./errors.js";
import { memoryBackend } from "./memory/memory-backend.js";
import type { BackendPlugin } from "./plugin.js";

export interface StoreRegistryOptions {
  /** Plugins to begin with. Default: the memory backend. */
  readonly plugins?: readonly BackendPlugin[];
  /** Where to look for backends that are not registered; `false` looks nowhere. Default: the application's package. */
  readonly discovery?: DiscoveryOptions | false;
}

/** The package of each scheme that the house has a backend for. */
export const BACKEND_PACKAGES: Readonly<Record<string, string>> = {
  file: "@sluice/backend-fs",
  direct: "@sluice/backend-directio",
  s3: "@sluice/backend-s3",
  az: "@sluice/backend-azure",
};

/** Backends by scheme. A value: make as many as you like; {@link defaultRegistry} is the one used when none is named. */
export class StoreRegistry {
  readonly #plugins = new Map<string, BackendPlugin>();
  readonly #discovery: DiscoveryOptions | false;
  #discovered: Promise<readonly string[]> | undefined;

  constructor({ plugins = [memoryBackend()], discovery = {} }: StoreRegistryOptions = {}) {
    this.#discovery = discovery;
    for (const plugin of plugins) this.register(plugin);
  }

  /** Adds a backend. AlreadyExists if another one has one of its schemes; the same plugin twice is an error too. */
  register(plugin: BackendPlugin): this {
    for (const scheme of plugin.schemes) {
      const present = this.#plugins.get(scheme);
      if (present === undefined) continue;
      throw new ObjectStoreError(
        "AlreadyExists",
        `cannot register backend "${plugin.name}": "${present.name}" serves ${scheme}: already`,
        { operation: "register" },
      );
    }
    for (const scheme of plugin.schemes) this.#plugins.set(scheme, plugin);
    return this;
  }

  has(scheme: string): boolean {
    return this.#plugins.has(scheme);
  }

  /** What is registered now, by scheme. */
  backends(): ReadonlyMap<string, BackendPlugin> {
    return new Map(this.#plugins);
  }

  /** The backend of a scheme, found in the application's package if it is not registered; else Unsupported with the remedy. */
  async resolve(scheme: string): Promise<BackendPlugin> {
    const registered = this.#plugins.get(scheme);
    if (registered !== undefined) return registered;
    const problems = await this.discover();
    const discovered = this.#plugins.get(scheme);
    if (discovered !== undefined) return discovered;
    throw this.#unknown(scheme, problems);
  }

  /** Registers every backend the application's package depends on; tells which of them could not be loaded, and why. */
  discover(): Promise<readonly string[]> {
    this.#discovered ??= this.#discovery === false ? Promise.resolve([]) : this.#registerAll(this.#discovery);
    return this.#discovered;
  }

  async #registerAll(options: DiscoveryOptions): Promise<readonly string[]> {
    const { backends, problems } = await discoverBackends(options);
    for (const plugin of backends) {
      if (plugin.schemes.every((scheme) => !this.has(scheme))) this.register(plugin);
    }
    return problems;
  }

  #unknown(scheme: string, problems: readonly string[]): ObjectStoreError {
    const known = BACKEND_PACKAGES[scheme];
    const remedy =
      known === undefined ? "install the backend's package, or register it" : `install it: npm install ${known}`;
    const registered = [...this.#plugins.keys()].map((name) => `${name}:`).join(", ") || "none";
    return new ObjectStoreError(
      "Unsupported",
      [`no backend for ${scheme}: — ${remedy} (registered: ${registered})`, ...problems].join("; "),
      { operation: "openStore" },
    );
  }
}

const DEFAULT_REGISTRY: unique symbol = Symbol.for("@sluice/core.defaultRegistry");

/** The registry of this process, one even if several copies of this package are loaded. */
export function defaultRegistry(): StoreRegistry {
  const shared = globalThis as { [DEFAULT_REGISTRY]?: StoreRegistry };
  shared[DEFAULT_REGISTRY] ??= new StoreRegistry();
  return shared[DEFAULT_REGISTRY];
}
