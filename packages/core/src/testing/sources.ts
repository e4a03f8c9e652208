import { Readable } from "node:stream";

/** A source that yields `first` and then never anything more; `stopped` tells whether it was told to stop. */
export interface StalledSource extends AsyncIterable<Uint8Array> {
  readonly stalled: Promise<void>;
  stopped: boolean;
}

export function stalledSource(first: Uint8Array): StalledSource {
  let markStalled: () => void = () => undefined;
  const stalled = new Promise<void>((resolve) => {
    markStalled = resolve;
  });
  const source: StalledSource = {
    stalled,
    stopped: false,
    [Symbol.asyncIterator]: () => {
      let isFirst = true;
      return {
        next: () => {
          if (isFirst) {
            isFirst = false;
            return Promise.resolve({ done: false, value: first });
          }
          markStalled();
          return new Promise<IteratorResult<Uint8Array>>(() => undefined);
        },
        return: () => {
          source.stopped = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
  };
  return source;
}

/** A source that throws `error` after its chunks. */
export async function* failingSource(
  chunks: readonly Uint8Array[],
  error: Error,
): AsyncGenerator<Uint8Array, void, void> {
  yield* chunks;
  throw error;
}

/** A Node stream that is destroyed, with `error` or without one, once its chunks have been read. */
export function destroyedStream(chunks: readonly Uint8Array[], error?: Error): Readable {
  const rest = [...chunks];
  return new Readable({
    read() {
      const chunk = rest.shift();
      if (chunk === undefined) this.destroy(error);
      else this.push(chunk);
    },
  });
}

/** A web stream of chunks. */
export function webStream(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const rest = [...chunks];
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = rest.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
}

/** An async iterable of chunks. */
export async function* asyncSource(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, void> {
  yield* chunks;
}

/** All chunks of a stream in one buffer. */
export async function joined(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}
