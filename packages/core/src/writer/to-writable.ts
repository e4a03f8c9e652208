import { Writable } from "node:stream";
import type { ObjectWriter } from "./object-writer.js";

/**
 * A Node stream into `writer`: ending it finalizes, destroying it cancels. After "finish", `writer.finalize()` gives the
 * result again.
 */
export function toWritable(writer: ObjectWriter): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, callback) {
      writer.writeChunk(chunk).then(() => callback(), callback);
    },
    final(callback) {
      writer.finalize().then(() => callback(), callback);
    },
    destroy(error, callback) {
      writer.cancel().then(
        () => callback(error),
        (failure) => callback(error ?? failure),
      );
    },
  });
}

/** A web stream into `writer`: closing it finalizes, aborting it cancels. */
export function toWebWritable(writer: ObjectWriter): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    write: (chunk) => writer.writeChunk(chunk),
    close: async () => {
      await writer.finalize();
    },
    abort: () => writer.cancel(),
  });
}
