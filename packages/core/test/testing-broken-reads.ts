import { Readable } from "node:stream";
import { isObjectStoreError, ObjectStoreError } from "../src/errors.js";
import type { ByteRange } from "../src/range.js";
import type { GetOptions, ListEntry, ObjectStore } from "../src/store.js";
import type { BrokenStore } from "./testing-broken-writers.js";
import { nameOf, overriding, withListing, withOptions, without } from "./testing-faults.js";

export const storesWithBrokenReads: readonly BrokenStore[] = [
  {
    fault: "ends of ranges are inclusive",
    breaks: ["G1", "G4", "G7"],
    wrap: (store) => {
      const wider = (range: ByteRange) => ("end" in range ? { ...range, end: (range.end as number) + 1 } : range);
      return overriding(store, { getRange: (key: string, range: ByteRange) => store.getRange(key, wider(range)) });
    },
  },
  {
    fault: "ranges past the end are refused",
    breaks: ["G5", "G8"],
    wrap: (store) =>
      overriding(store, {
        getRange: async (key: string, range: ByteRange, options?: GetOptions) => {
          if ("start" in range && range.start >= (await store.head(key)).size) {
            throw new ObjectStoreError("InvalidArgument", "range not satisfiable");
          }
          return store.getRange(key, range, options);
        },
      }),
  },
  {
    fault: "getRanges answers in the order of offsets",
    breaks: ["G10", "G12", "Z12"],
    wrap: (store) =>
      overriding(store, {
        getRanges: (key: string, ranges: ByteRange[], options?: GetOptions) => {
          const start = (range: ByteRange) => ("start" in range ? range.start : Number.POSITIVE_INFINITY);
          const sorted = [...ranges].sort((first, second) => start(first) - start(second));
          return store.getRanges(key, sorted, options);
        },
      }),
  },
  {
    fault: "getRanges reads each range by itself, of whichever version there is",
    breaks: ["G14", "G15", "G17", "R23"],
    wrap: (store) =>
      overriding(store, {
        getRanges: async (key: string, ranges: ByteRange[], options: { coalesceGapBytes?: number } = {}) => {
          const results: Uint8Array[] = [];
          for (const range of ranges)
            results.push(await store.getRange(key, range, without(options, "coalesceGapBytes")));
          return results;
        },
      }),
  },
  {
    fault: "a range reads the whole object",
    breaks: ["G16", "Z13"],
    wrap: (store) =>
      overriding(store, {
        getRange: async (key: string, { start, end }: { start: number; end?: number }, options?: GetOptions) =>
          (await (await store.get(key, options)).bytes()).slice(start, end),
      }),
  },
  {
    fault: "an open read goes on with whatever version there is",
    breaks: ["R21"],
    wrap: (store) =>
      overriding(store, {
        get: async (key: string, options?: GetOptions) => {
          const object = await store.get(key, options);
          const iterate = async function* () {
            for (let start = 0; start < object.info.size; start += 100_000) {
              yield await store.getRange(key, { start, end: start + 100_000 });
            }
          };
          return overriding(object, { [Symbol.asyncIterator]: iterate });
        },
      }),
  },
  {
    fault: "lent chunks are overwritten too early",
    breaks: ["R25"],
    wrap: (store) =>
      overriding(store, {
        get: async (key: string, options: GetOptions = {}) => {
          const object = await store.get(key, options);
          if (options.lendChunks !== true) return object;
          const iterate = async function* () {
            for await (const chunk of object) {
              const lent = chunk.slice();
              queueMicrotask(() => lent.fill(0));
              await Promise.resolve();
              yield lent;
            }
          };
          return overriding(object, { [Symbol.asyncIterator]: iterate });
        },
      }),
  },
  {
    fault: "a stream of lent chunks delivers them as they are",
    breaks: ["R26"],
    wrap: (store) =>
      overriding(store, {
        get: async (key: string, options: GetOptions = {}) => {
          const object = await store.get(key, options);
          if (options.lendChunks !== true) return object;
          const memory = new Uint8Array(1 << 20);
          const lent = async function* () {
            for await (const chunk of object) {
              memory.set(chunk);
              yield memory.subarray(0, chunk.byteLength);
            }
          };
          return overriding(object, { toReadable: () => Readable.from(lent(), { objectMode: false }) });
        },
      }),
  },
  {
    fault: "readInto fills a buffer as far as it goes, and then its end with zeros",
    breaks: ["R27", "R28"],
    wrap: (store) =>
      overriding(store, {
        get: async (key: string, options?: GetOptions) => {
          const object = await store.get(key, options);
          const readInto = async (target: Uint8Array) => {
            const bytes = await object.bytes();
            target.fill(0);
            target.set(bytes.subarray(0, target.byteLength));
            return Math.min(bytes.byteLength, target.byteLength);
          };
          return overriding(object, { readInto });
        },
      }),
  },
  {
    fault: "verify is ignored",
    breaks: ["H9", "H10", "H11", "H12", "H14"],
    wrap: (store) => withOptions(store, (options) => ("verify" in options ? { ...options, verify: "none" } : options)),
  },
  {
    fault: "decode is ignored",
    breaks: ["Z1", "Z2", "Z10", "Z11", "Z12", "Z14", "Z17", "Z19"],
    wrap: (store) => withOptions(store, (options) => without(options, "decode")),
  },
  {
    fault: "signals are ignored",
    breaks: ["A1", "A2", "A3", "A4", "A5", "A6", "A8", "A9", "A11", "A12", "A13", "A14", "W13", "W14", "W15"],
    wrap: (store) => withOptions(store, (options) => without(options, "signal")),
  },
  {
    fault: "unknown options are dropped in silence",
    breaks: ["O1"],
    wrap: (store) => withOptions(store, (options) => without(options, "ifNoneMatch")),
  },
  {
    fault: "listings are ordered by UTF-16 units",
    breaks: ["L8"],
    wrap: (store) =>
      withListing(store, (entries) => entries.sort((first, second) => (nameOf(first) < nameOf(second) ? -1 : 1))),
  },
  {
    fault: "listings are cut off after a page",
    breaks: ["L9", "L10", "L11", "L12"],
    wrap: (store) => withListing(store, (entries, { pageSize = 1000 }) => entries.slice(0, pageSize)),
  },
  {
    fault: "a prefix means a folder",
    breaks: ["L4"],
    wrap: (store) =>
      withListing(store, (entries, { prefix = "" }) =>
        entries.filter((entry) => prefix === "" || prefix.endsWith("/") || nameOf(entry).startsWith(`${prefix}/`)),
      ),
  },
  {
    fault: "the delimiter is ignored",
    breaks: ["L5", "L6", "L10"],
    wrap: (store) =>
      withListing(
        store,
        (entries) => entries,
        (options) => without(options, "delimiter"),
      ),
  },
  {
    fault: "startAfter is included",
    breaks: ["L7", "L9", "L10"],
    wrap: (store) =>
      withListing(
        store,
        (entries, { startAfter = "" }) => entries.filter((entry) => nameOf(entry) >= startAfter),
        (options) => without(options, "startAfter"),
      ),
  },
  {
    fault: "a listing is fetched whole before its first entry",
    breaks: ["L13", "A13"],
    wrap: (store) => withListing(store, (entries: ListEntry[]) => entries),
  },
  {
    fault: "whatever lies above an object exists",
    breaks: ["X20", "K19"],
    wrap: (store: ObjectStore) =>
      overriding(store, {
        exists: async (key: string) => {
          for await (const entry of store.list({ prefix: key })) return nameOf(entry).startsWith(key);
          return false;
        },
      }),
  },
  {
    fault: "head throws instead of rejecting",
    breaks: ["K11", "A2", "O1"],
    wrap: (store) =>
      overriding(store, {
        head: (key: string, options?: object) => {
          if (options !== undefined || key === "") throw new ObjectStoreError("InvalidArgument", "no");
          return store.head(key);
        },
      }),
  },
  {
    fault: "errors are native ones",
    breaks: ["R11", "X3", "C2", "O9"],
    wrap: (store) => {
      const native = (call: Promise<unknown>) =>
        call.catch((error: unknown) => {
          throw isObjectStoreError(error) ? new Error(error.message) : error;
        });
      return overriding(store, {
        get: (...given: Parameters<ObjectStore["get"]>) => native(store.get(...given)),
        head: (...given: Parameters<ObjectStore["head"]>) => native(store.head(...given)),
        put: (...given: Parameters<ObjectStore["put"]>) => native(store.put(...given)),
        copy: (...given: Parameters<ObjectStore["copy"]>) => native(store.copy(...given)),
      });
    },
  },
];
