import {
  checkInteger,
  checkOptions,
  type ObjectStore,
  ObjectStoreError,
  type ObjectWriter,
  openWriter,
  type StoreRegistry,
  type WriterOptions,
} from "@sluice/core";
import { createRecipe, RECIPE_OPTION_NAMES, type Recipe, type RecipeOptions } from "./recipe.js";

/** Where the data goes: an object's URI, or a key in a store that is open already. */
export type DataTarget = string | { readonly store: ObjectStore; readonly key: string };

export interface StreamingDataWriterOptions extends RecipeOptions {
  /**
   * Threads that generate and hash while this one writes: worth it where a store takes the bytes as fast as one thread
   * makes them. They work ahead of large calls, such as `generateRemaining`. Default 0: none.
   */
  readonly workers?: number;
  /** Options of the writer underneath: compression, conditions, metadata, `signal`. */
  readonly writer?: WriterOptions;
  /** Where to look the URI's scheme up; only with a URI. Default: the process-wide registry. */
  readonly registry?: StoreRegistry;
  /** Options of the backend; only with a URI. */
  readonly backendOptions?: Readonly<Record<string, unknown>>;
}

/** The most threads that generate for one writer. */
const MAX_WORKERS = 64;

const OPERATION = "StreamingDataWriter.create";
const URI_OPTION_NAMES = ["registry", "backendOptions"] as const;

/** The recipe in `options`, after all of them were checked. */
export function recipeOf(options: StreamingDataWriterOptions): Recipe {
  checkOptions(options ?? null, [...RECIPE_OPTION_NAMES, "workers", "writer", ...URI_OPTION_NAMES], OPERATION);
  checkInteger(options.workers ?? 0, "workers", 0, MAX_WORKERS, OPERATION);
  const {
    workers: _workers,
    writer: _writer,
    registry: _registry,
    backendOptions: _backendOptions,
    ...recipe
  } = options;
  return createRecipe(recipe);
}

/** Opens the writer underneath. */
export async function openTarget(target: DataTarget, options: StreamingDataWriterOptions): Promise<ObjectWriter> {
  const { registry, backendOptions, writer = {} } = options;
  if (typeof target === "string") {
    return openWriter(target, {
      ...writer,
      ...(registry !== undefined && { registry }),
      ...(backendOptions !== undefined && { backendOptions }),
    });
  }
  if (typeof target?.store?.createWriter !== "function") {
    throw new ObjectStoreError("InvalidArgument", `${OPERATION}: the target must be a URI or { store, key }`, {
      operation: OPERATION,
    });
  }
  for (const name of URI_OPTION_NAMES) {
    if (options[name] === undefined) continue;
    throw new ObjectStoreError("InvalidArgument", `${OPERATION}: ${name} goes with a URI, not with an open store`, {
      operation: OPERATION,
    });
  }
  return target.store.createWriter(target.key, writer);
}
