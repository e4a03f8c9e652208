import {
  asBasePath,
  formatObjectUri,
  type ObjectStore,
  ObjectStoreError,
  openObject,
  openStore,
  parseObjectUri,
} from "@sluice/core";
import { CommandError } from "./command-error.js";
import { CommandRegistry } from "./command-registry.js";
import type { CommonOptions, StoreOptions } from "./common-options.js";
import type { Environment } from "./environment.js";
import { schemeOf, toSourceUri, toUri } from "./location.js";
import type { Output } from "./output.js";
import { Progress, type ProgressTotals } from "./progress.js";
import type { Tree } from "./tree.js";
import type { ObjectWorkerData } from "./workers/object-worker.js";

/** What one run of a command works with. */
export class CommandContext {
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly stdout: Output;
  readonly #stderr: Output;
  readonly #options: CommonOptions;
  readonly #stores: ObjectStore[] = [];
  #progress: Progress | undefined;

  constructor(environment: Environment, stdout: Output, stderr: Output, options: CommonOptions) {
    this.environment = environment;
    this.signal = environment.signal;
    this.stdout = stdout;
    this.#stderr = stderr;
    this.#options = options;
  }

  get isJson(): boolean {
    return this.#options.json === true;
  }

  /** What was typed, as a URI. */
  toUri(text: string): string {
    return toUri(text, this.environment.workingFolder);
  }

  /** What was typed, as the URI of an object to be read. */
  toSourceUri(text: string): Promise<string> {
    return toSourceUri(text, this.environment.workingFolder);
  }

  /** The store of everything below `uri`. */
  async openStore(uri: string, options: StoreOptions = {}): Promise<ObjectStore> {
    return this.#keep(await openStore(uri, this.#openOptions(uri, options)));
  }

  /** All objects below `uri`, under keys that name each of them. */
  async openTree(uri: string): Promise<Tree> {
    if (await this.#isOfFolders(uri)) {
      const store = await this.openStore(uri);
      return { store, prefix: "", uri: store.uri };
    }
    const { scheme, authority, path } = parseObjectUri(uri);
    const store = await this.openStore(formatObjectUri({ scheme, authority, path: "" }));
    const prefix = asBasePath(path);
    return { store, prefix, uri: store.uriOf(prefix) };
  }

  /** Whether `uri` can name no object: a bucket's, or one that ends in `/` where stores are of files, whose keys never do. */
  async namesNoObject(uri: string): Promise<boolean> {
    const { path } = parseObjectUri(uri);
    return path === "" || (path.endsWith("/") && (await this.#isOfFolders(uri)));
  }

  /** An object's store and its key there. */
  async openObject(uri: string, options: StoreOptions = {}): Promise<{ store: ObjectStore; key: string }> {
    const { store, key } = await openObject(uri, this.#openOptions(uri, options));
    return { store: this.#keep(store), key };
  }

  /** Makes or removes a bucket; Unsupported where the scheme's backend has none. */
  async changeContainer(uri: string, method: "createContainer" | "deleteContainer"): Promise<void> {
    const { scheme, authority } = parseObjectUri(uri);
    const plugin = await this.environment.registry.resolve(scheme);
    if (plugin[method] === undefined) {
      throw new ObjectStoreError("Unsupported", `${scheme}: has no buckets that could be made or removed`, { uri });
    }
    const { backendOptions = {} } = this.#openOptions(uri, {});
    await plugin[method]({ scheme, authority, prefix: "" }, backendOptions, { signal: this.signal });
  }

  /** What another thread needs to open the same store; undefined where it can't, since its registry is not the command's own. */
  workerTarget(uri: string, options: StoreOptions = {}): ObjectWorkerData | undefined {
    const { registry, workingFolder } = this.environment;
    if (!(registry instanceof CommandRegistry)) return undefined;
    const { backendOptions = {} } = this.#openOptions(uri, options);
    return { workingFolder, uri, backendOptions };
  }

  /** Begins to count; shown on a terminal, unless it was asked for JSON or quiet. */
  startProgress(label: string, totals: ProgressTotals = {}): Progress {
    const isShown = this.environment.isTerminal && !this.isJson && this.#options.quiet !== true;
    this.#progress = new Progress(label, { totals, ...(isShown && { terminal: this.environment.stderr }) });
    return this.#progress;
  }

  /** Tells people something beside the result. */
  async note(text: string): Promise<void> {
    if (!this.isJson && this.#options.quiet !== true) await this.#stderr.write(`sluice: ${text}\n`);
  }

  /** Tells people what was not done, even where they asked for quiet. */
  async complain(text: string): Promise<void> {
    if (!this.isJson) await this.#stderr.write(`sluice: ${text}\n`);
  }

  /** Takes the progress off the terminal. */
  clearProgress(): void {
    this.#progress?.clear();
  }

  /** Closes what was opened. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#stores.map((store) => store.close()));
  }

  async #isOfFolders(uri: string): Promise<boolean> {
    return (await this.environment.registry.resolve(schemeOf(uri))).base === "folder";
  }

  #keep(store: ObjectStore): ObjectStore {
    this.#stores.push(store);
    return store;
  }

  #openOptions(uri: string, { durability }: StoreOptions) {
    const scheme = schemeOf(uri);
    if (durability !== undefined && scheme !== "file" && scheme !== "direct") {
      throw new CommandError("Usage", `--durability is for file: and direct: only, and ${uri} is neither`, uri);
    }
    const { directMode, endpoint, region, backendOption } = this.#options;
    const backendOptions = {
      ...backendOption?.[scheme],
      ...(durability !== undefined && { durability }),
      ...(scheme === "direct" && directMode !== undefined && { mode: directMode }),
      ...(scheme === "s3" && endpoint !== undefined && { endpoint }),
      ...(scheme === "s3" && region !== undefined && { region }),
    };
    const { registry } = this.environment;
    return { registry, signal: this.signal, ...(Object.keys(backendOptions).length > 0 && { backendOptions }) };
  }
}
