import {
  Crc32c,
  type ObjectStore,
  ObjectStoreError,
  type ObjectWriter,
  type WriteResult,
  type WriterOptions,
} from "@sluice/core";
import { untilAborted } from "./chunks.js";
import type { Progress } from "./progress.js";

/** Released by whichever of the methods it has if it is not to be read. */
interface TransferSource extends AsyncIterable<Uint8Array> {
  cancel?(): Promise<void>;
  destroy?(): unknown;
}

export interface TransferOptions {
  readonly source: TransferSource;
  readonly store: ObjectStore;
  readonly key: string;
  readonly writer: WriterOptions;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Streams a source into an object. It is published only if what the writer hashed is what was read, and the source came to a
 * good end, as an object does that is what its store keeps the checksum of; else ChecksumMismatch, and nothing is left.
 */
export async function transfer(options: TransferOptions): Promise<WriteResult> {
  const { source, progress, signal } = options;
  const writer = await openWriter(options);
  const read = new Crc32c();
  try {
    for await (const chunk of untilAborted(source, signal)) {
      read.update(chunk);
      await writer.writeChunk(chunk);
      progress.addBytes(chunk.byteLength);
    }
    checkEqual(read.digest(), writer.checksum(), writer.uri, read.byteLength);
    return await writer.finalize();
  } catch (error) {
    await writer.cancel().catch(() => undefined);
    throw error;
  }
}

async function openWriter({ source, store, key, writer, signal }: TransferOptions): Promise<ObjectWriter> {
  try {
    return await store.createWriter(key, { ...writer, signal });
  } catch (error) {
    source.destroy?.();
    await source.cancel?.().catch(() => undefined);
    throw error;
  }
}

function checkEqual(expected: string, actual: string, uri: string, bytes: number): void {
  if (expected === actual) return;
  const message = `${uri} was not written: expected ${expected}, read ${actual} over ${bytes} bytes`;
  throw new ObjectStoreError("ChecksumMismatch", message, { operation: "transfer", uri, expected, actual, bytes });
}
