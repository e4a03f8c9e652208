import {
  type IoMode,
  isObjectStoreError,
  type ObjectStore,
  ObjectStoreError,
  throwIfAborted,
  type WriterOptions,
} from "@sluice/core";
import { type Recipe, recipeToJson, StreamingDataWriter } from "@sluice/datagen";
import { IncompleteRunError } from "./command-error.js";
import { forEachAbortable } from "./concurrent.js";
import {
  DATASET_FORMAT,
  DATASET_KEY,
  DATASET_VERSION,
  type Dataset,
  type DatasetObject,
  formatDataset,
  objectKey,
  objectRecipe,
  totalsOf,
} from "./dataset.js";
import { formatCount } from "./format.js";
import type { Progress } from "./progress.js";

export interface DatasetPlan {
  readonly store: ObjectStore;
  /** Of the whole dataset; its size is that of each object. */
  readonly recipe: Recipe;
  readonly count: number;
  readonly writer: WriterOptions;
  readonly concurrency: number;
  /** Whether objects and a manifest that are there already may be replaced. */
  readonly overwrite: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface GeneratedDataset {
  readonly dataset: Dataset;
  /** How the objects were written, where the store says so; `mixed` where it was not the same for all. */
  readonly ioMode?: IoMode | "mixed";
}

/**
 * Writes the objects of a dataset, and its manifest when all of them are there. A run that fails or is interrupted leaves
 * no object of its own behind, and rejects with IncompleteRunError.
 */
export async function generateDataset(plan: DatasetPlan): Promise<GeneratedDataset> {
  const run = new DatasetRun(plan);
  try {
    return await run.complete();
  } catch (error) {
    throw new IncompleteRunError(error, await run.cleanUp());
  }
}

class DatasetRun {
  readonly #plan: DatasetPlan;
  readonly #ifNotExists: { readonly ifNotExists?: true };
  readonly #objects = new Map<number, DatasetObject>();
  #compression: Dataset["compression"] = "none";
  readonly #ioModes = new Set<IoMode | undefined>();
  #cancelled = 0;

  constructor(plan: DatasetPlan) {
    this.#plan = plan;
    const isGuarded = !plan.overwrite && plan.store.capabilities.ifNotExists;
    this.#ifNotExists = isGuarded ? { ifNotExists: true } : {};
  }

  async complete(): Promise<GeneratedDataset> {
    const { store, recipe, count, concurrency, signal } = this.#plan;
    const indexes = Array.from({ length: count }, (_, index) => index);
    await forEachAbortable(indexes, concurrency, signal, (index, either) => this.#generate(index, either));
    const objects = indexes.map((index) => this.#objects.get(index) as DatasetObject);
    const dataset: Dataset = {
      format: DATASET_FORMAT,
      version: DATASET_VERSION,
      recipe: { ...recipeToJson(recipe), count },
      compression: this.#compression,
      totals: totalsOf(objects),
      objects,
    };
    throwIfAborted(signal, "gen");
    // From here on the signal is not looked at: a dataset with its manifest is complete.
    await store.put(DATASET_KEY, formatDataset(dataset), this.#ifNotExists);
    const [ioMode] = this.#ioModes;
    if (ioMode === undefined) return { dataset };
    return { dataset, ioMode: this.#ioModes.size === 1 ? ioMode : "mixed" };
  }

  /** Removes the objects of this run and tells what was done; it never throws over the error that ended the run. */
  async cleanUp(): Promise<string> {
    const keys = [...this.#objects.values()].map(({ key }) => key);
    const results = await this.#plan.store
      .deleteMany(keys)
      .catch((error: ObjectStoreError) => keys.map((key) => ({ key, error })));
    const failed = results.filter(({ error }) => error !== undefined);
    const removed = `removed ${formatCount(keys.length - failed.length, "object")}`;
    const left = failed.length === 0 ? "" : `, could not remove ${failed.map(({ key }) => key).join(", ")}`;
    return `cancelled ${formatCount(this.#cancelled, "writer")}, ${removed}${left}`;
  }

  async #generate(index: number, signal: AbortSignal): Promise<void> {
    const { store, recipe, writer: writerOptions, progress } = this.#plan;
    const { version: _version, ...options } = objectRecipe(recipe, index);
    const key = objectKey(index);
    // The writer does not get the signal: whether its object became visible has to be known, or it could not be removed.
    const writer = await StreamingDataWriter.create(
      { store, key },
      { ...options, writer: { ...writerOptions, ...this.#ifNotExists, size: recipe.size } },
    );
    try {
      let before = 0;
      const onProgress = (bytes: number) => {
        progress.addBytes(bytes - before);
        before = bytes;
      };
      await writer.generateRemaining({ signal, onProgress });
      const {
        key: finalKey,
        compression,
        ioMode,
        size,
        storedSize,
        checksum,
        storedChecksum,
      } = await writer.finalize();
      this.#compression = compression;
      this.#ioModes.add(ioMode);
      const facts = { size, storedSize, checksum, storedChecksum };
      this.#objects.set(index, { key: finalKey, index, seed: options.seed.toString(), ...facts });
      progress.addObject();
    } catch (error) {
      this.#cancelled++;
      await writer.cancel().catch(() => undefined);
      throw taken(error, writer.uri);
    }
  }
}

/** Says what can be done about an object that is in the way. */
function taken(error: unknown, uri: string): unknown {
  if (!isObjectStoreError(error, "AlreadyExists")) return error;
  const message = `${uri} is already there; give --overwrite to replace it, or choose another place`;
  return new ObjectStoreError("AlreadyExists", message, { uri, cause: error });
}
