import { fsBackend } from "@sluice/backend-fs";
import {
  type BackendPlugin,
  type ObjectStore,
  type ObjectWriter,
  StoreRegistry,
  type WriterOptions,
} from "@sluice/core";

/** Real files, and a call after each object that became visible, so that a test need not wait for a moment. */
export function hookedRegistry(onFinalized: (key: string) => void): StoreRegistry {
  const inner = fsBackend();
  const plugin: BackendPlugin = {
    ...inner,
    open: async (location, options) => hookedStore(await inner.open(location, options), onFinalized),
  };
  return new StoreRegistry({ plugins: [plugin], discovery: false });
}

function hookedStore(store: ObjectStore, onFinalized: (key: string) => void): ObjectStore {
  return withMethods(store, {
    createWriter: async (key: string, options: WriterOptions) => {
      const writer = await store.createWriter(key, options);
      return withMethods<ObjectWriter>(writer, {
        finalize: async () => {
          const result = await writer.finalize();
          onFinalized(result.key);
          return result;
        },
      });
    },
  });
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
