import { setImmediate as nextTurn } from "node:timers/promises";
import { ObjectStoreError } from "../src/errors.js";
import type { DeleteOptions, ObjectStore } from "../src/store.js";
import type { WriterOptions } from "../src/writer/object-writer.js";
import type { PutSource } from "../src/writer/put-source.js";
import type { BrokenStore } from "./testing-broken-writers.js";
import { lookFirst, overriding, withOptions, without, withWriters } from "./testing-faults.js";

export const storesWithBrokenChanges: readonly BrokenStore[] = [
  {
    fault: "ifNotExists is ignored",
    breaks: ["C2", "C3", "C4", "C5", "X4", "X8", "X9", "Z8", "O4"],
    wrap: (store) => withOptions(store, (options) => without(options, "ifNotExists")),
  },
  {
    fault: "ifMatch is ignored",
    breaks: ["C8", "C9", "C10", "C11", "C14", "C16", "C17", "O3", "O4"],
    wrap: (store) => withOptions(store, (options) => without(options, "ifMatch")),
  },
  {
    fault: "conditions are looked at before the write, and again by nobody",
    breaks: ["C3", "C4", "C11", "C17"],
    wrap: (store) => {
      const conditionless = (options: WriterOptions) => without(options, "ifNotExists", "ifMatch");
      const looking = withWriters(
        store,
        (writer, key, options) => ({
          finalize: async () => {
            await lookFirst(store, key, options);
            return writer.finalize();
          },
        }),
        conditionless,
      );
      return overriding(looking, {
        delete: async (key: string, options: DeleteOptions = {}) => {
          await lookFirst(store, key, options);
          await store.delete(key, without(options, "ifMatch"));
        },
      });
    },
  },
  {
    fault: "the condition of a writer is looked at when it is opened",
    breaks: ["C3", "C10"],
    wrap: (store) => {
      const createWriter = async (key: string, options: WriterOptions = {}) => {
        await lookFirst(store, key, options);
        return store.createWriter(key, without(options, "ifNotExists", "ifMatch"));
      };
      return overriding(store, { createWriter });
    },
  },
  {
    fault: "delete of a missing object is NotFound",
    breaks: ["X14", "K19"],
    wrap: (store) =>
      overriding(store, {
        delete: (key: string, options?: DeleteOptions) => store.delete(key, { ...options, mustExist: true }),
      }),
  },
  {
    fault: "mustExist is ignored",
    breaks: ["X15", "K19"],
    wrap: (store) => withOptions(store, (options) => without(options, "mustExist")),
  },
  {
    fault: "delete takes what lies below with it",
    breaks: ["X13", "K19", "L16"],
    wrap: (store) =>
      overriding(store, {
        delete: async (key: string) => {
          for await (const entry of store.list({ prefix: key.slice(0, 3) })) {
            if (entry.kind === "object") await store.delete(entry.key);
          }
        },
      }),
  },
  {
    fault: "deleteMany rejects with the first error",
    breaks: ["X16", "K11"],
    wrap: (store) =>
      overriding(store, {
        deleteMany: (keys: readonly string[]) =>
          Promise.all(keys.map((key) => store.delete(key).then(() => ({ key })))),
      }),
  },
  {
    fault: "deleteMany stops after a request's worth of keys",
    breaks: ["X17"],
    wrap: (store) =>
      overriding(store, { deleteMany: (keys: readonly string[]) => store.deleteMany(keys.slice(0, 1000)) }),
  },
  {
    fault: "rename copies and deletes, though it is said to be atomic",
    breaks: ["X5", "X10"],
    wrap: (store) =>
      overriding(store, {
        rename: async (source: string, target: string) => {
          const info = await store.copy(source, target);
          for (let turn = 0; turn < 5; turn++) await nextTurn();
          await store.delete(source);
          return info;
        },
      }),
  },
  {
    fault: "copy writes a new version over itself, and moves",
    breaks: ["X1", "X2", "X5"],
    wrap: (store) =>
      overriding(store, {
        copy: async (source: string, target: string) => {
          await store.put(target, await (await store.get(source)).bytes());
          return store.rename(source, target);
        },
      }),
  },
  {
    fault: "copy of a missing object makes an empty one",
    breaks: ["X3"],
    wrap: (store) =>
      overriding(store, {
        copy: async (source: string, target: string) => {
          if (!(await store.exists(source))) await store.put(target, "");
          return store.copy(source, target);
        },
      }),
  },
  {
    fault: "contentType and metadata are dropped",
    breaks: ["O5", "X11"],
    wrap: (store) => withOptions(store, (options) => without(options, "contentType", "metadata")),
  },
  {
    fault: "close does nothing",
    breaks: ["O7"],
    wrap: (store) => overriding(store, { close: async () => undefined, [Symbol.asyncDispose]: async () => undefined }),
  },
  {
    fault: "a source that fails ends the object",
    breaks: ["S10", "S11", "S12", "S14"],
    wrap: (store: ObjectStore) =>
      overriding(store, {
        put: async (key: string, source: PutSource, options?: WriterOptions) => {
          const isIterable = typeof source === "object" && source !== null && Symbol.asyncIterator in source;
          if (!isIterable && !Array.isArray(source)) return store.put(key, source, options);
          const chunks: Uint8Array[] = [];
          try {
            for await (const chunk of source as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
          } catch (error) {
            if (error instanceof ObjectStoreError) throw error;
          }
          return store.put(key, Buffer.concat(chunks), options);
        },
      }),
  },
  {
    fault: "strings are Latin-1",
    breaks: ["S3", "R12"],
    wrap: (store) =>
      overriding(store, {
        put: (key: string, source: PutSource, options?: WriterOptions) =>
          store.put(key, typeof source === "string" ? Buffer.from(source, "latin1") : source, options),
      }),
  },
];
