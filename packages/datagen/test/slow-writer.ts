import { setImmediate as afterInputOutput } from "node:timers/promises";
import {
  createMemoryStore,
  type ObjectStore,
  type ObjectWriter,
  type Producer,
  type WriterOptions,
} from "@sluice/core";

interface SlowStore {
  readonly store: ObjectStore;
  /** How many writeChunk calls were under way at most. */
  readonly mostAtOnce: () => number;
}

/**
 * A memory store whose writers look at a chunk late: a view that changes before the write has resolved would be stored
 * wrong. From `failAfterBytes` on, or while `isStalled` says so, they do not answer well.
 */
export function slowStore(options: { failAfterBytes?: number; isStalled?: () => boolean } = {}): SlowStore {
  const memory = createMemoryStore();
  let underWay = 0;
  let most = 0;
  const slow = (writer: ObjectWriter): ObjectWriter => {
    const writeChunk = async (chunk: Uint8Array): Promise<void> => {
      most = Math.max(most, ++underWay);
      await afterInputOutput();
      while (options.isStalled?.() === true && writer.state === "open") await afterInputOutput();
      underWay--;
      const isBroken = writer.bytesWritten >= (options.failAfterBytes ?? Number.POSITIVE_INFINITY);
      await writer.writeChunk(isBroken ? (null as never) : chunk);
    };
    const writeFrom = async (produce: Producer, byteLength: number): Promise<void> => {
      for (let left = byteLength; left > 0; ) {
        const piece = produce(undefined, left);
        await writeChunk(piece);
        left -= piece.byteLength;
      }
    };
    return new Proxy(writer, {
      get: (target, name) => {
        if (name === "writeChunk") return writeChunk;
        if (name === "writeFrom") return writeFrom;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
  const store = new Proxy(memory, {
    get: (target, name) => {
      if (name === "createWriter") {
        return async (key: string, writer: WriterOptions) => slow(await target.createWriter(key, writer));
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { store, mostAtOnce: () => most };
}
