import { type ObjectStore, ObjectStoreError, type OpenOptions, openStore } from "@sluice/core";

/** Where checkpoints lie: the URI of a bucket, prefix or folder, or a store whose base it is. */
export type CheckpointBase = string | ObjectStore;

export interface OpenedBase {
  readonly store: ObjectStore;
  /** Ends the use of a store that was opened here; a store of the caller's stays open. */
  readonly close: () => Promise<void>;
}

/** What {@link openBase} takes, for the lists of known options. */
export const BASE_OPTION_NAMES = ["registry", "backendOptions", "signal"] as const;

export async function openBase(base: CheckpointBase, options: OpenOptions, operation: string): Promise<OpenedBase> {
  const { registry, backendOptions, signal } = options;
  if (typeof base !== "string") {
    if (typeof base !== "object" || base === null || typeof base.createWriter !== "function") {
      throw new ObjectStoreError("InvalidArgument", `${operation}: the base must be a URI or a store`, { operation });
    }
    if (registry !== undefined || backendOptions !== undefined) {
      throw new ObjectStoreError("InvalidArgument", `${operation}: registry and backendOptions go with a URI`, {
        operation,
      });
    }
    return { store: base, close: async () => undefined };
  }
  const store = await openStore(base, {
    ...(registry !== undefined && { registry }),
    ...(backendOptions !== undefined && { backendOptions }),
    ...(signal !== undefined && { signal }),
  });
  return { store, close: () => store.close() };
}
