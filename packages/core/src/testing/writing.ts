import type { ObjectStore } from "../store.js";
import type { ObjectWriter, WriteResult, WriterOptions } from "../writer/object-writer.js";

/** Puts that {@link putAll} has under way at once. */
const PUTS_IN_FLIGHT = 16;

/** Writes chunks one after the other, each awaited, and finalizes. */
export async function writeChunks(
  store: ObjectStore,
  key: string,
  chunks: Iterable<Uint8Array>,
  options?: WriterOptions,
): Promise<WriteResult> {
  const writer = await store.createWriter(key, options);
  await feed(writer, chunks);
  return writer.finalize();
}

/** Writes chunks one after the other, each awaited. */
export async function feed(writer: ObjectWriter, chunks: Iterable<Uint8Array>): Promise<void> {
  for (const chunk of chunks) await writer.writeChunk(chunk);
}

/** Puts a small object under each key; its content is the key itself. */
export async function putAll(store: ObjectStore, keys: readonly string[]): Promise<void> {
  const rest = [...keys];
  const work = async (): Promise<void> => {
    for (let key = rest.pop(); key !== undefined; key = rest.pop()) await store.put(key, key);
  };
  await Promise.all(Array.from({ length: PUTS_IN_FLIGHT }, work));
}

/** A writer whose signal has fired: it is failed, and its first error is Aborted. */
export async function abortedWriter(
  store: ObjectStore,
  key: string,
): Promise<{ readonly writer: ObjectWriter; readonly reason: Error }> {
  const controller = new AbortController();
  const reason = new Error("the caller gave up");
  const writer = await store.createWriter(key, { signal: controller.signal });
  await writer.writeChunk(new Uint8Array(100));
  controller.abort(reason);
  return { writer, reason };
}
