import { createStore } from "@sluice/core";

/** A store that takes objects and keeps nothing: for measuring what comes before the store. */
export function nullStore() {
  const sink = { write: () => undefined, commit: async () => ({}), abort: async () => undefined };
  const capabilities = {
    ifNotExists: false,
    ifMatch: false,
    atomicRename: false,
    metadata: false,
    anyKey: true,
    keyBelowKey: true,
    maxKeyBytes: 1024,
  };
  return createStore({ backend: "null", capabilities, openSink: async () => sink }, { uri: "null:///", prefix: "" });
}
