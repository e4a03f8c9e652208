import type { CallOptions, ObjectStore } from "../store.js";

/** One call of a store's method, with options that every method takes. */
export interface NamedCall {
  readonly method: Extract<keyof ObjectStore, string>;
  readonly call: (options?: CallOptions) => Promise<unknown>;
}

const SOURCE = new Uint8Array([1, 2, 3]);

/** A call of each method that reads one object. */
export function readCalls(store: ObjectStore, key: string): readonly NamedCall[] {
  return [
    { method: "get", call: (options) => store.get(key, options).then((object) => object.bytes()) },
    { method: "getRange", call: (options) => store.getRange(key, { start: 0 }, options) },
    { method: "getRanges", call: (options) => store.getRanges(key, [{ start: 0 }], options) },
    { method: "head", call: (options) => store.head(key, options) },
    { method: "exists", call: (options) => store.exists(key, options) },
  ];
}

/** A call of each method that writes one object. */
export function writeCalls(store: ObjectStore, key: string): readonly NamedCall[] {
  return [
    {
      method: "createWriter",
      call: async (options) => {
        const writer = await store.createWriter(key, options);
        await writer.cancel();
      },
    },
    { method: "put", call: (options) => store.put(key, SOURCE, options) },
  ];
}

/** A call of each method that takes a key, the key being that of the source or the target. */
export function keyCalls(store: ObjectStore, key: string, otherKey: string): readonly NamedCall[] {
  return [
    ...readCalls(store, key),
    ...writeCalls(store, key),
    { method: "delete", call: (options) => store.delete(key, options) },
    { method: "copy", call: (options) => store.copy(key, otherKey, options) },
    { method: "copy", call: (options) => store.copy(otherKey, key, options) },
    { method: "rename", call: (options) => store.rename(key, otherKey, options) },
    { method: "rename", call: (options) => store.rename(otherKey, key, options) },
  ];
}

/** A call of each method. */
export function allCalls(store: ObjectStore, key: string, otherKey: string): readonly NamedCall[] {
  return [
    ...keyCalls(store, key, otherKey),
    { method: "deleteMany", call: (options) => store.deleteMany([key], options) },
    { method: "list", call: (options) => firstEntry(store, options) },
    { method: "sweepStaleUploads", call: (options) => store.sweepStaleUploads(options) },
  ];
}

/** Lists up to the first entry; what `list` itself throws becomes a rejection only when the iteration begins. */
async function firstEntry(store: ObjectStore, options: CallOptions | undefined): Promise<void> {
  const iterator = store.list(options)[Symbol.asyncIterator]();
  await iterator.next();
  await iterator.return?.();
}
