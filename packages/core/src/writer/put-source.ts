import { isAnyArrayBuffer, isUint8Array } from "node:util/types";
import { ObjectStoreError } from "../errors.js";
import { orAborted } from "../signal.js";

/** What `put` takes. Strings are written as UTF-8. */
export type PutSource =
  | Uint8Array
  | ArrayBuffer
  | string
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>;

type Chunks = AsyncIterable<unknown> | Iterable<unknown>;

/** The chunks of a source; InvalidArgument for what is none. */
export function chunksOf(source: PutSource): Chunks {
  if (typeof source === "string" || isUint8Array(source)) return [source];
  if (isAnyArrayBuffer(source)) return [new Uint8Array(source)];
  if (ArrayBuffer.isView(source)) {
    throw refusal(`a ${(source as object).constructor.name} (pass its bytes as a Uint8Array)`);
  }
  if (source instanceof Blob) return source.stream() as unknown as AsyncIterable<Uint8Array>;
  if (typeof source === "object" && source !== null && (Symbol.asyncIterator in source || Symbol.iterator in source)) {
    return source as Chunks;
  }
  throw refusal(source === null ? "null" : typeof source);
}

/** The size of a source in bytes, where it is known beforehand. */
export function sizeOf(source: PutSource): number | undefined {
  if (typeof source === "string") return Buffer.byteLength(source);
  if (isUint8Array(source) || isAnyArrayBuffer(source)) return source.byteLength;
  return source instanceof Blob ? source.size : undefined;
}

/**
 * Hands every chunk to `write`. When `signal` fires, or anything fails, the source is told to stop, but not waited for: a
 * stalled source would never answer.
 */
export async function drain(
  source: Chunks,
  write: (chunk: Uint8Array) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : (source as Iterable<unknown>)[Symbol.iterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await orAborted(Promise.resolve(iterator.next()), signal, "put");
      if (next.done === true) {
        ended = true;
        return;
      }
      await write(asBytes(next.value));
    }
  } finally {
    if (!ended) stop(iterator, source);
  }
}

function stop(iterator: AsyncIterator<unknown> | Iterator<unknown>, source: Chunks): void {
  const { destroy } = source as { destroy?: () => void };
  if (typeof destroy === "function") destroy.call(source);
  try {
    Promise.resolve(iterator.return?.()).catch(() => undefined);
  } catch {
    // The first error is the one that counts.
  }
}

function asBytes(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") return Buffer.from(chunk);
  if (isUint8Array(chunk)) return chunk;
  throw refusal(`a source that yields ${chunk === null ? "null" : typeof chunk}`);
}

function refusal(got: string): ObjectStoreError {
  return new ObjectStoreError(
    "InvalidArgument",
    `put takes bytes, a string, a Blob, a stream or an iterable of bytes; got ${got}`,
    { operation: "put" },
  );
}
