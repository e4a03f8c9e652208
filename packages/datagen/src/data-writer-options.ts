import {
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
  /** Options of the writer underneath: compression, conditions, metadata, `signal`. */
  readonly writer?: WriterOptions;
  /** Where to look the URI's scheme up; only with a URI. Default: the process-wide registry. */
  readonly registry?: StoreRegistry;
  /** Options of the backend; only with a URI. */
  readonly backendOptions?: Readonly<Record<string, unknown>>;
}

const OPERATION = "StreamingDataWriter.create";
const URI_OPTION_NAMES = ["registry", "backendOptions"] as const;

/** The recipe in `options`, after all of them were checked. */
export function recipeOf(options: StreamingDataWriterOptions): Recipe {
  checkOptions(options ?? null, [...RECIPE_OPTION_NAMES, "writer", ...URI_OPTION_NAMES], OPERATION);
  const { writer: _writer, registry: _registry, backendOptions: _backendOptions, ...recipe } = options;
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
