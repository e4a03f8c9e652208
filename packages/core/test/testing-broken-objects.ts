import { isObjectStoreError, ObjectStoreError } from "../src/errors.js";
import type { ByteRange } from "../src/range.js";
import type { GetOptions, ObjectInfo, ObjectStore, StoredObject } from "../src/store.js";
import type { WriterOptions } from "../src/writer/object-writer.js";
import type { PutSource } from "../src/writer/put-source.js";
import type { BrokenStore } from "./testing-broken-writers.js";
import { overriding, withOptions, without, withWriters } from "./testing-faults.js";

export const storesWithBrokenObjects: readonly BrokenStore[] = [
  {
    fault: "objects are held in memory, which is not what boundedStore says",
    breaks: ["M1", "M2"],
    wrap: (store) => store,
  },
  {
    fault: "an object is read whole before its first chunk",
    breaks: ["M3"],
    wrap: (store) =>
      withObjects(store, async function* (object) {
        const bytes = await object.bytes();
        for (let offset = 0; offset < bytes.byteLength; offset += 65_536) yield bytes.subarray(offset, offset + 65_536);
      }),
  },
  {
    fault: "damage ends an object quietly",
    breaks: ["H9", "H10", "H11", "H12", "H13", "Z15", "Z16", "Z17"],
    wrap: (store) =>
      withObjects(store, async function* (object) {
        try {
          yield* object;
        } catch (error) {
          if (!isObjectStoreError(error, "ChecksumMismatch")) throw error;
        }
      }),
  },
  {
    fault: "whole reads are compared with nothing that the store keeps",
    breaks: ["H15", "H16"],
    wrap: (store) =>
      overriding(store, {
        get: (key: string, options?: GetOptions) => store.get(key, { ...options, verify: options?.verify ?? "none" }),
      }),
  },
  {
    fault: "every read is called verified",
    breaks: ["H16"],
    wrap: (store) =>
      overriding(store, {
        get: async (key: string, options?: GetOptions) =>
          overriding(await store.get(key, options), { verifiedBy: "crc32c" as never }),
      }),
  },
  {
    fault: "ranges of compressed objects end before the frame's checksum",
    breaks: ["Z20"],
    wrap: (store) =>
      overriding(store, {
        getRange: async (key: string, range: { start: number; end: number }, options?: GetOptions) => {
          try {
            return await store.getRange(key, range, options);
          } catch (error) {
            if (!isObjectStoreError(error, "ChecksumMismatch")) throw error;
            return new Uint8Array(range.end - range.start);
          }
        },
      }),
  },
  {
    fault: "streams end after the first chunk",
    breaks: ["R13", "R14"],
    wrap: (store) =>
      overriding(store, {
        get: async (key: string, options?: GetOptions) => {
          const object = await store.get(key, options);
          const first = (await object[Symbol.asyncIterator]().next()).value?.subarray(0, 100);
          return overriding(object, {
            toReadable: () => [first],
            toWebReadable: () => new Blob([new Uint8Array(first ?? [])]).stream(),
          });
        },
      }),
  },
  {
    fault: "reads deliver views of one buffer",
    breaks: ["R19", "G13"],
    wrap: (store) => {
      const cache = new Map<string, Promise<Uint8Array>>();
      const getRange = async (key: string, { start, end }: { start: number; end?: number }) => {
        const whole = cache.get(key) ?? store.getRange(key, { start: 0 });
        cache.set(key, whole);
        return (await whole).subarray(start, end);
      };
      return overriding(store, {
        getRange,
        getRanges: (key: string, ranges: { start: number }[]) =>
          Promise.all(ranges.map((range) => getRange(key, range))),
        get: async (key: string) => overriding(await store.get(key), { bytes: () => getRange(key, { start: 0 }) }),
      });
    },
  },
  {
    fault: "what was read once is remembered",
    breaks: ["R9", "R24"],
    wrap: (store) => {
      const cache = new Map<string, Promise<Uint8Array>>();
      return overriding(store, {
        get: async (key: string, options?: GetOptions) => {
          const object = await store.get(key, options);
          const bytes = cache.get(key) ?? object.bytes();
          cache.set(key, bytes);
          return overriding(object, { bytes: () => bytes });
        },
      });
    },
  },
  {
    fault: "ranges are strict: no suffixes, no open ends, no clamping",
    breaks: ["G2", "G3", "G6"],
    wrap: (store) =>
      overriding(store, {
        getRange: async (key: string, range: ByteRange) => {
          const { size } = await store.head(key);
          if ("start" in range && range.end !== undefined && range.end <= size) return store.getRange(key, range);
          throw new ObjectStoreError("InvalidArgument", "range not satisfiable");
        },
      }),
  },
  {
    fault: "etags never change",
    breaks: ["C7", "C8", "C13", "C14"],
    wrap: (store) => {
      const constant = (info: ObjectInfo) => ({ ...info, etag: "1" });
      return withOptions(
        overriding(store, {
          head: (...given: Parameters<ObjectStore["head"]>) => store.head(...given).then(constant),
          put: (...given: Parameters<ObjectStore["put"]>) =>
            store.put(...given).then((result) => ({ ...result, etag: "1" })),
        }),
        (options) => without(options, "ifMatch"),
      );
    },
  },
  {
    fault: "sources other than bytes are written as their names",
    breaks: ["S2", "S4", "S5", "S6", "S7", "S8", "S9", "S15"],
    wrap: (store) =>
      overriding(store, {
        put: (key: string, source: PutSource, options?: WriterOptions) =>
          store.put(key, source instanceof Uint8Array ? source : String(source), options),
      }),
  },
  {
    fault: "cancelling or disposing a finalized writer deletes the object",
    breaks: ["W6", "W9", "W17"],
    wrap: (store) =>
      withWriters(store, (writer) => {
        const cancel = async () => {
          await writer.cancel();
          if (writer.state === "finalized") await store.delete(writer.key);
        };
        return { cancel, [Symbol.asyncDispose]: cancel };
      }),
  },
  {
    fault: "chunks are dropped in silence where they can't be written",
    breaks: ["W4", "W7", "W10", "W31"],
    wrap: (store) =>
      withWriters(store, (writer) => ({
        writeChunk: async (chunk: Uint8Array) => {
          if (writer.state === "open" && chunk instanceof Uint8Array) await writer.writeChunk(chunk);
        },
      })),
  },
  {
    fault: "rename leaves the source",
    breaks: ["X6", "X7", "X8"],
    wrap: (store) => overriding(store, { rename: (...given: Parameters<ObjectStore["copy"]>) => store.copy(...given) }),
  },
  {
    fault: "readback is ignored",
    breaks: ["H6"],
    wrap: (store) => withOptions(store, (options) => without(options, "readback")),
  },
  {
    fault: "running uploads count as stale",
    breaks: ["W26"],
    wrap: (store) => overriding(store, { sweepStaleUploads: async () => [{ name: "upload", bytes: 1 }] }),
  },
];

/** A store whose objects are iterated, and so collected, through `change`. */
function withObjects(
  store: ObjectStore,
  change: (object: StoredObject) => AsyncGenerator<Uint8Array, void, void>,
): ObjectStore {
  return overriding(store, {
    get: async (key: string, options?: GetOptions) => {
      const object = await store.get(key, options);
      const changed = () => change(object);
      return overriding(object, {
        [Symbol.asyncIterator]: changed,
        bytes: async () => {
          const chunks: Uint8Array[] = [];
          for await (const chunk of changed()) chunks.push(chunk);
          return Buffer.concat(chunks);
        },
        toReadable: changed,
        toWebReadable: () => ReadableStream.from(changed()),
      });
    },
  });
}
