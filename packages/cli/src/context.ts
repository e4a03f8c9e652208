import { type ObjectStore, openObject, openStore } from "@sluice/core";
import { CommandError } from "./command-error.js";
import { CommandRegistry } from "./command-registry.js";
import type { CommonOptions, StoreOptions } from "./common-options.js";
import type { Environment } from "./environment.js";
import { schemeOf, toSourceUri, toUri } from "./location.js";
import type { Output } from "./output.js";
import { Progress, type ProgressTotals } from "./progress.js";
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

  /** An object's store and its key there. */
  async openObject(uri: string, options: StoreOptions = {}): Promise<{ store: ObjectStore; key: string }> {
    const { store, key } = await openObject(uri, this.#openOptions(uri, options));
    return { store: this.#keep(store), key };
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

  /** Takes the progress off the terminal. */
  clearProgress(): void {
    this.#progress?.clear();
  }

  /** Closes what was opened. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#stores.map((store) => store.close()));
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
    const mode = scheme === "direct" ? this.#options.directMode : undefined;
    const backendOptions = { ...(durability !== undefined && { durability }), ...(mode !== undefined && { mode }) };
    const { registry } = this.environment;
    return { registry, signal: this.signal, ...(Object.keys(backendOptions).length > 0 && { backendOptions }) };
  }
}
