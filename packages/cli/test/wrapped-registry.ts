import { type BackendPlugin, type ObjectStore, StoreRegistry } from "@sluice/core";

/** The stores of a plugin, some of whose methods are replaced; the others still find their private fields. */
export function wrappedRegistry(
  plugin: BackendPlugin,
  methodsOf: (store: ObjectStore) => Partial<ObjectStore>,
): StoreRegistry {
  const wrapped: BackendPlugin = {
    ...plugin,
    open: async (location, options) => {
      const store = await plugin.open(location, options);
      const methods = methodsOf(store);
      return new Proxy(store, {
        get: (_, name) => {
          const value = Reflect.get(methods, name) ?? Reflect.get(store, name, store);
          return typeof value === "function" ? value.bind(store) : value;
        },
      });
    },
  };
  return new StoreRegistry({ plugins: [wrapped], discovery: false });
}
