import { type ObjectStore, ObjectStoreError } from "@sluice/core";

/** Builds the error for a store that tells two things, or whose answers leave open what is committed. */
export function doubt(store: ObjectStore, problem: string): ObjectStoreError {
  return new ObjectStoreError("Unavailable", `prune: ${problem}; nothing was deleted`, {
    operation: "prune",
    uri: store.uri,
  });
}
