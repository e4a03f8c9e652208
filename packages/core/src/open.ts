import { ObjectStoreError } from "./errors.js";
import { checkOptions } from "./options.js";
import { defaultRegistry, type StoreRegistry } from "./registry.js";
import { throwIfAborted } from "./signal.js";
import type { ObjectStore } from "./store.js";
import { WRITER_OPTION_NAMES } from "./store-calls/open-writer.js";
import { asBasePath, parseObjectUri } from "./uri.js";
import type { ObjectWriter, WriterOptions } from "./writer/object-writer.js";

export interface OpenOptions {
  /** Where to look the scheme up. Default: the process-wide registry. */
  readonly registry?: StoreRegistry;
  /** Options of the backend itself, such as `{ durability: "none" }` for `file:`. */
  readonly backendOptions?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

const OPEN_OPTION_NAMES = ["registry", "backendOptions", "signal"] as const;

/** The store whose keys are relative to `base`: a bucket, a prefix, a folder; with or without a final `/`. */
export async function openStore(base: string, options: OpenOptions = {}): Promise<ObjectStore> {
  checkOptions(options, OPEN_OPTION_NAMES, "openStore");
  throwIfAborted(options.signal, "openStore");
  const { scheme, authority, path } = parseObjectUri(base);
  const plugin = await (options.registry ?? defaultRegistry()).resolve(scheme);
  return plugin.open({ scheme, authority, prefix: asBasePath(path) }, options.backendOptions ?? {});
}

/** The store that holds an object, its bucket or (on file systems) its folder, and the object's key in it. */
export async function openObject(
  uri: string,
  options: OpenOptions = {},
): Promise<{ readonly store: ObjectStore; readonly key: string }> {
  checkOptions(options, OPEN_OPTION_NAMES, "openObject");
  throwIfAborted(options.signal, "openObject");
  const { scheme, authority, path } = parseObjectUri(uri);
  const plugin = await (options.registry ?? defaultRegistry()).resolve(scheme);
  const split = plugin.base === "folder" ? path.lastIndexOf("/") + 1 : 0;
  const key = path.slice(split);
  if (key === "") {
    throw new ObjectStoreError("InvalidArgument", `${uri} names no object: it ends where the key should be`, {
      operation: "openObject",
      uri,
    });
  }
  const location = { scheme, authority, prefix: path.slice(0, split) };
  return { store: await plugin.open(location, options.backendOptions ?? {}), key };
}

/** Opens a writer for an object's URI. */
export async function openWriter(uri: string, options: OpenOptions & WriterOptions = {}): Promise<ObjectWriter> {
  checkOptions(options, [...OPEN_OPTION_NAMES, ...WRITER_OPTION_NAMES], "openWriter");
  const { registry, backendOptions, ...writerOptions } = options;
  const { store, key } = await openObject(uri, {
    ...(registry !== undefined && { registry }),
    ...(backendOptions !== undefined && { backendOptions }),
    ...(options.signal !== undefined && { signal: options.signal }),
  });
  return store.createWriter(key, writerOptions);
}
