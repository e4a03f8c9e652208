import {
  batchesOf,
  type IoMode,
  isObjectStoreError,
  type ObjectStore,
  ObjectStoreError,
  throwIfAborted,
  type WriteResult,
  type WriterOptions,
} from "@sluice/core";
import { CommandError, IncompleteRunError } from "./command-error.js";
import { forEachAbortable } from "./concurrent.js";
import { DATASET_KEY, type Dataset, formatDataset, type StructuredDataset } from "./dataset.js";
import type { DatasetClaim } from "./dataset-claim.js";
import type { ContentObject, DatasetContent } from "./dataset-content.js";
import { formatCount } from "./format.js";
import { generateObject, type ObjectRequest } from "./generate-object.js";
import type { Progress } from "./progress.js";
import { ignore, objectsOf } from "./tree.js";
import { ObjectThreads } from "./workers/object-threads.js";
import type { ObjectWorkerData } from "./workers/object-worker.js";
import { WrittenObjects } from "./written-objects.js";

export interface GeneratePlan<T extends Dataset | StructuredDataset> {
  readonly store: ObjectStore;
  readonly content: DatasetContent;
  /** This run's right to write here. */
  readonly claim: DatasetClaim;
  /** The manifest of what was written. */
  readonly describe: (written: WrittenObjects) => T;
  /** Whether `describe` wants to be told of every object; what it costs grows with their number. */
  readonly listsObjects: boolean;
  readonly writer: WriterOptions;
  readonly concurrency: number;
  /** Threads that make the data, this one among them. */
  readonly workers: number;
  /** Where threads of their own would write; undefined where they can't. */
  readonly workerTarget: ObjectWorkerData | undefined;
  /** Whether objects and a manifest that are there already may be replaced. */
  readonly overwrite: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface GeneratedDataset<T extends Dataset | StructuredDataset = Dataset | StructuredDataset> {
  readonly dataset: T;
  /** How the objects were written, where the store says so; `mixed` where it was not the same for all. */
  readonly ioMode?: IoMode | "mixed";
}

/**
 * Writes the objects of a dataset, and its manifest when all of them are there. A run that fails or is interrupted leaves
 * no object of its own behind, and rejects with IncompleteRunError.
 */
export async function generateDataset<T extends Dataset | StructuredDataset>(
  plan: GeneratePlan<T>,
): Promise<GeneratedDataset<T>> {
  const run = new DatasetRun(plan);
  try {
    return await run.complete();
  } catch (error) {
    throw new IncompleteRunError(error, await run.cleanUp());
  }
}

/** Data that no codec makes smaller grows by less than this. */
const MAX_GROWTH = 1.01;

/** Objects of one delete request, which is what S3 takes at most. */
const BATCH_OBJECTS = 1000;
/** Named in the message of a clean-up that could not remove them. */
const SHOWN_KEYS = 20;

class DatasetRun<T extends Dataset | StructuredDataset> {
  readonly #plan: GeneratePlan<T>;
  readonly #written: WrittenObjects;
  readonly #ioModes = new Set<IoMode | undefined>();
  readonly #threads: ObjectThreads | undefined;
  #cancelled = 0;
  /** Somebody else writes objects of the same names: what lies there may be theirs. */
  #isDisturbed = false;

  constructor(plan: GeneratePlan<T>) {
    this.#plan = plan;
    this.#written = new WrittenObjects(plan.content, plan.listsObjects);
    const { workers, workerTarget: target, content, progress } = plan;
    if (workers > 1 && content.count > 1 && target !== undefined) {
      const onBytes = (bytes: number): void => progress.addBytes(bytes);
      this.#threads = new ObjectThreads({ threads: workers, target, onBytes });
    }
  }

  /** The condition for an object of so many bytes, where the store holds it. */
  #guard(storedBytes: number): { readonly ifNotExists?: true } {
    const { overwrite, store } = this.#plan;
    const { ifNotExists, conditionsMaxBytes = Number.POSITIVE_INFINITY } = store.capabilities;
    return !overwrite && ifNotExists && storedBytes <= conditionsMaxBytes ? { ifNotExists: true } : {};
  }

  async complete(): Promise<GeneratedDataset<T>> {
    const { store, content, concurrency, signal, describe } = this.#plan;
    try {
      await forEachAbortable(content.objects(), concurrency, signal, (object, either) =>
        this.#generate(object, either),
      );
    } finally {
      await this.#threads?.close();
    }
    const dataset = describe(this.#written);
    await this.#proveUndisturbed();
    throwIfAborted(signal, "gen");
    // From here on the signal is not looked at: a dataset with its manifest is complete.
    const manifest = formatDataset(dataset);
    await store.put(DATASET_KEY, manifest, this.#guard(Buffer.byteLength(manifest)));
    const [ioMode] = this.#ioModes;
    if (ioMode === undefined) return { dataset };
    return { dataset, ioMode: this.#ioModes.size === 1 ? ioMode : "mixed" };
  }

  /** Removes the objects of this run and tells what was done; it never throws over the error that ended the run. */
  async cleanUp(): Promise<string> {
    if (this.#isDisturbed) return "its objects are left as they are";
    let removed = 0;
    const left: string[] = [];
    for (const keys of batchesOf(this.#written.keys(), BATCH_OBJECTS)) {
      const results = await this.#plan.store
        .deleteMany(keys)
        .catch((error: ObjectStoreError) => keys.map((key) => ({ key, error })));
      const failed = results.filter(({ error }) => error !== undefined);
      removed += keys.length - failed.length;
      left.push(...failed.map(({ key }) => key));
    }
    const more = left.length > SHOWN_KEYS ? ` and ${left.length - SHOWN_KEYS} more` : "";
    const rest = left.length === 0 ? "" : `, could not remove ${left.slice(0, SHOWN_KEYS).join(", ")}${more}`;
    return `cancelled ${formatCount(this.#cancelled, "writer")}, removed ${formatCount(removed, "object")}${rest}`;
  }

  /** Objects that are not those of this run would make the manifest a lie. */
  async #proveUndisturbed(): Promise<void> {
    const { store, content, claim, signal } = this.#plan;
    const [prefix] = /^(?:object-|d)/.exec(content.keyOf(0)) ?? [""];
    const tree = { store, prefix, uri: store.uri };
    const isUndisturbed = (await claim.isHeld()) && (await this.#written.areListed(objectsOf(tree, signal, ignore)));
    if (isUndisturbed) return;
    this.#isDisturbed = true;
    const message = `another writer has changed objects below ${store.uri} while the dataset was written`;
    throw new CommandError("Incomplete", `${message}; give --overwrite to begin anew, alone`, store.uri);
  }

  async #generate({ index, key, recipe }: ContentObject, signal: AbortSignal): Promise<void> {
    const { store, writer: options, progress } = this.#plan;
    // The writer does not get the signal: whether its object became visible has to be known, or it could not be removed.
    const request = {
      key,
      recipe,
      writer: { ...options, ...this.#guard(MAX_GROWTH * recipe.size), size: recipe.size },
    };
    try {
      const result = await (this.#threads?.write(request, signal) ?? this.#generateHere(request, signal));
      this.#ioModes.add(result.ioMode);
      this.#written.add(index, recipe.seed, result);
      progress.addObject();
    } catch (error) {
      this.#cancelled++;
      throw taken(error, store.uriOf(key));
    }
  }

  /** In this thread, which others help where there is but one object. */
  async #generateHere(request: ObjectRequest, signal: AbortSignal): Promise<WriteResult> {
    const { store, progress } = this.#plan;
    const { writer, workers } = this.#help(request.writer);
    const onBytes = (bytes: number): void => progress.addBytes(bytes);
    return generateObject(store, { ...request, writer }, { workers, signal, onBytes });
  }

  /** What the other threads do for the only object: compress, where that is asked for, else generate. */
  #help(writer: WriterOptions): { readonly writer: WriterOptions; readonly workers: number } {
    const { workers, content } = this.#plan;
    const { compression } = writer;
    if (workers === 1 || content.count > 1) return { writer, workers: 0 };
    if (compression === undefined || compression === "none") return { writer, workers: workers - 1 };
    return { writer: { ...writer, compression: { ...compression, workers } }, workers: 0 };
  }
}

/** Says what can be done about an object that is in the way. */
function taken(error: unknown, uri: string): unknown {
  if (!isObjectStoreError(error, "AlreadyExists")) return error;
  const message = `${uri} is already there; give --overwrite to replace it, or choose another place`;
  return new ObjectStoreError("AlreadyExists", message, { uri, cause: error });
}
