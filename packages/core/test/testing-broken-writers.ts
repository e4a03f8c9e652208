import { setImmediate as nextTurn } from "node:timers/promises";
import type { ObjectStore } from "../src/store.js";
import type { WriterOptions } from "../src/writer/object-writer.js";
import { overriding, withOptions, without, withWriters } from "./testing-faults.js";
import { crc32 } from "./testing-ieee.js";

/** A store that breaks a promise, and the cases that must notice. */
export interface BrokenStore {
  readonly fault: string;
  readonly breaks: readonly string[];
  readonly wrap: (store: ObjectStore) => ObjectStore;
}

export const storesWithBrokenWriters: readonly BrokenStore[] = [
  {
    fault: "the last byte of large objects is lost",
    breaks: ["R5", "R6", "R7", "R8", "R10", "H3", "S1", "W30"],
    wrap: (store) =>
      withWriters(store, (writer) => {
        let bytes = 0;
        return {
          writeChunk: (chunk: Uint8Array) => {
            bytes += chunk.byteLength;
            return writer.writeChunk(bytes > 65_536 ? chunk.subarray(0, -1) : chunk);
          },
        };
      }),
  },
  {
    fault: "chunks are kept by reference until finalize",
    breaks: ["W27", "W33", "W34"],
    wrap: (store) =>
      withWriters(store, (writer) => {
        const chunks: Uint8Array[] = [];
        return {
          writeChunk: async (chunk: Uint8Array) => {
            chunks.push(chunk);
          },
          finalize: async () => {
            for (const chunk of chunks.splice(0)) await writer.writeChunk(chunk);
            return writer.finalize();
          },
        };
      }),
  },
  {
    fault: "chunks that are not awaited overtake each other",
    breaks: ["W28"],
    wrap: (store) =>
      withWriters(store, (writer) => {
        let calls = 0;
        let last: Promise<void> = Promise.resolve();
        return {
          writeChunk: (chunk: Uint8Array) => {
            const turns = ++calls % 2;
            last = (async () => {
              for (let turn = 0; turn < turns; turn++) await nextTurn();
              await writer.writeChunk(chunk);
            })();
            return last;
          },
          finalize: async () => {
            await nextTurn();
            await last;
            return writer.finalize();
          },
        };
      }),
  },
  {
    fault: "an empty object lies under the key as soon as a writer is opened",
    breaks: ["W18", "W19", "W20", "W3", "W16", "W24", "L15", "A8"],
    wrap: (store) => {
      const createWriter = async (key: string, options?: WriterOptions) => {
        const writer = await store.createWriter(key, options);
        await store.put(writer.key, "");
        return writer;
      };
      return overriding(store, { createWriter });
    },
  },
  {
    fault: "cancel does nothing",
    breaks: ["W3", "W10", "W11", "W12", "W20", "W21", "W22", "W24"],
    wrap: (store) => withWriters(store, () => ({ cancel: async () => undefined })),
  },
  {
    fault: "cancel publishes what there is",
    breaks: ["W3", "W10", "W11", "W20", "W21", "W22", "L15"],
    wrap: (store) => withWriters(store, (writer) => ({ cancel: () => writer.finalize().then(() => undefined) })),
  },
  {
    fault: "disposing finalizes",
    breaks: ["W16"],
    wrap: (store) =>
      withWriters(store, (writer) => ({ [Symbol.asyncDispose]: () => writer.finalize().then(() => undefined) })),
  },
  {
    fault: "finalize twice publishes twice, with another promise and result",
    breaks: ["W5", "W8"],
    wrap: (store) =>
      withWriters(store, (writer) => ({
        finalize: async () => {
          const result = await writer.finalize();
          await store.put(writer.key, "again");
          return { ...result, etag: String(Math.random()) };
        },
      })),
  },
  {
    fault: "the checksum is IEEE CRC-32",
    breaks: ["H1", "H3", "R2", "R6", "S1"],
    wrap: (store) =>
      withWriters(store, (writer) => {
        let crc = 0;
        return {
          writeChunk: (chunk: Uint8Array) => {
            crc = crc32(chunk, crc);
            return writer.writeChunk(chunk);
          },
          finalize: async () => {
            const checksum = `crc32c:${crc.toString(16).padStart(8, "0")}`;
            return { ...(await writer.finalize()), checksum, storedChecksum: checksum };
          },
        };
      }),
  },
  {
    fault: "reading the checksum resets it",
    breaks: ["W34"],
    wrap: (store) =>
      withWriters(store, (writer) => {
        let isRead = false;
        return {
          checksum: () => {
            const checksum = isRead ? "crc32c:00000000" : writer.checksum();
            isRead = true;
            return checksum;
          },
        };
      }),
  },
  {
    fault: "declared sizes are not compared",
    breaks: ["W36", "W37", "W38", "S16", "Z7"],
    wrap: (store) => withOptions(store, (options) => without(options, "size")),
  },
  {
    fault: "storedChecksum is that of the content",
    breaks: ["H4", "H5"],
    wrap: (store) =>
      withWriters(store, (writer) => ({
        finalize: async () => {
          const result = await writer.finalize();
          return { ...result, storedChecksum: result.checksum };
        },
      })),
  },
  {
    fault: "compression is dropped",
    breaks: ["Z3", "Z4", "Z5", "Z6", "Z18", "X12"],
    wrap: (store) => withOptions(store, (options) => without(options, "compression")),
  },
];
