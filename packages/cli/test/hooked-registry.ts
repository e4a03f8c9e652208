import { fsBackend } from "@sluice/backend-fs";
import {
  type BackendPlugin,
  type ObjectStore,
  type ObjectWriter,
  type PutSource,
  StoreRegistry,
  type WriterOptions,
} from "@sluice/core";

/**
 * Real files, and a call after each object that became visible and before each chunk that is written, so that a test need not
 * wait for a moment.
 */
export function hookedRegistry(
  onFinalized: (key: string) => void,
  beforeChunk: () => Promise<void> = async () => undefined,
): StoreRegistry {
  const inner = fsBackend();
  const plugin: BackendPlugin = {
    ...inner,
    open: async (location, options) => hookedStore(await inner.open(location, options), onFinalized, beforeChunk),
  };
  return new StoreRegistry({ plugins: [plugin], discovery: false });
}

function hookedStore(
  store: ObjectStore,
  onFinalized: (key: string) => void,
  beforeChunk: () => Promise<void>,
): ObjectStore {
  async function* hooked(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
    for await (const chunk of source) {
      await beforeChunk();
      yield chunk;
    }
  }
  return withMethods(store, {
    put: (key: string, source: PutSource, options: WriterOptions) =>
      store.put(key, isStream(source) ? hooked(source) : source, options),
    createWriter: async (key: string, options: WriterOptions) => {
      const writer = await store.createWriter(key, options);
      return withMethods<ObjectWriter>(writer, {
        writeChunk: async (chunk: Uint8Array) => {
          await beforeChunk();
          return writer.writeChunk(chunk);
        },
        finalize: async () => {
          const result = await writer.finalize();
          onFinalized(result.key);
          return result;
        },
      });
    },
  });
}

function isStream(source: PutSource): source is AsyncIterable<Uint8Array | string> {
  return typeof source === "object" && Symbol.asyncIterator in source;
}

/** `target` with some of its methods replaced; the others still find its private fields. */
function withMethods<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value = Reflect.get(methods, name) ?? Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
