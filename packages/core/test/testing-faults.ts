import { setImmediate as nextTurn } from "node:timers/promises";
import { isObjectStoreError, ObjectStoreError } from "../src/errors.js";
import type { ListEntry, ListOptions, ObjectStore } from "../src/store.js";
import type { ObjectWriter, WriteResult, WriterOptions } from "../src/writer/object-writer.js";

type Overrides<T> = { [Name in keyof T]?: unknown };

/** `target` with some of its members replaced. */
export function overriding<T extends object>(target: T, overrides: Overrides<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      if (Object.hasOwn(overrides, name)) return overrides[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A store whose writers have some of their members replaced, those of `put` too. */
export function withWriters(
  store: ObjectStore,
  overridesOf: (writer: ObjectWriter, key: string, options: WriterOptions) => Overrides<ObjectWriter>,
  optionsOf: (options: WriterOptions) => WriterOptions = (options) => options,
): ObjectStore {
  const createWriter = async (key: string, options: WriterOptions = {}) => {
    const writer = await store.createWriter(key, optionsOf(options));
    return overriding(writer, overridesOf(writer, key, options));
  };
  return overriding(store, {
    createWriter,
    put: async (key: string, source: Uint8Array | string, options: WriterOptions = {}): Promise<WriteResult> => {
      if (typeof source !== "string" && !(source instanceof Uint8Array)) return store.put(key, source, options);
      const writer = await createWriter(key, options);
      try {
        await writer.writeChunk(typeof source === "string" ? Buffer.from(source) : source);
        return await writer.finalize();
      } catch (error) {
        await writer.cancel();
        throw error;
      }
    },
  });
}

/** A store that takes every key through `change` first. */
export function withKeys(store: ObjectStore, change: (key: string) => string): ObjectStore {
  const changed = (key: unknown) => (typeof key === "string" ? change(key) : (key as string));
  const overrides: Overrides<ObjectStore> = {};
  for (const name of ["createWriter", "put", "get", "getRange", "getRanges", "head", "exists", "delete"] as const) {
    overrides[name] = (key: string, ...rest: unknown[]) =>
      (store[name] as (key: string, ...rest: unknown[]) => unknown)(changed(key), ...rest);
  }
  return overriding(store, overrides);
}

/** A store that takes every call's options through `change` first. */
export function withOptions(store: ObjectStore, change: (options: object) => object): ObjectStore {
  const positions = {
    createWriter: 1,
    put: 2,
    get: 1,
    getRange: 2,
    getRanges: 2,
    head: 1,
    exists: 1,
    list: 0,
    delete: 1,
    deleteMany: 1,
    copy: 2,
    rename: 2,
    sweepStaleUploads: 0,
  } as const;
  const overrides: Overrides<ObjectStore> = {};
  for (const [name, position] of Object.entries(positions)) {
    overrides[name as keyof typeof positions] = (...given: unknown[]) => {
      const options = given[position];
      const isObject = typeof options === "object" && options !== null;
      const passed = isObject ? [...given.slice(0, position), change(options)] : given;
      return (store[name as keyof typeof positions] as (...passed: unknown[]) => unknown)(...passed);
    };
  }
  return overriding(store, overrides);
}

/** A store whose listings are taken whole and changed. */
export function withListing(
  store: ObjectStore,
  change: (entries: ListEntry[], options: ListOptions) => ListEntry[],
  optionsOf: (options: ListOptions) => ListOptions = (options) => options,
): ObjectStore {
  return overriding(store, {
    list: async function* (options: ListOptions = {}) {
      const entries: ListEntry[] = [];
      for await (const entry of store.list(optionsOf(options))) entries.push(entry);
      yield* change(entries, options);
    },
  });
}

/** What an entry of a listing is ordered by. */
export function nameOf(entry: ListEntry): string {
  return entry.kind === "object" ? entry.key : entry.prefix;
}

/** Conditions by looking first and writing then, which is what races are lost by. */
export async function lookFirst(
  store: ObjectStore,
  key: string,
  { ifNotExists, ifMatch }: WriterOptions,
): Promise<void> {
  const etag = await store.head(key).then(
    (info) => info.etag,
    (error: unknown) => {
      if (!isObjectStoreError(error, "NotFound")) throw error;
    },
  );
  if (ifNotExists === true && etag !== undefined) throw new ObjectStoreError("AlreadyExists", "exists");
  if (ifMatch !== undefined && etag !== ifMatch) throw new ObjectStoreError("PreconditionFailed", "other version");
  await nextTurn();
}

/** Options without some of them. */
export function without(options: object, ...names: readonly string[]): object {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}
