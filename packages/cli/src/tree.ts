import type { ListEntry, ObjectStore } from "@sluice/core";

/**
 * All objects below a URI. In a bucket they are listed under their whole keys, so that an object whose key is the prefix
 * itself (`d/`, which consoles make for a folder) can be read and removed like any other.
 */
export interface Tree {
  readonly store: ObjectStore;
  /** What the keys begin with. */
  readonly prefix: string;
  /** The URI, ending in `/`. */
  readonly uri: string;
}

/** An object as a listing tells it. */
export type ListedObject = Extract<ListEntry, { readonly kind: "object" }>;

/** The objects of a tree, in the order of their keys. */
export async function* objectsOf(
  { store, prefix }: Tree,
  signal: AbortSignal,
): AsyncGenerator<ListedObject, void, void> {
  for await (const entry of store.list({ prefix, signal })) if (entry.kind === "object") yield entry;
}

/** Whether there is anything in a tree. */
export async function holdsObjects({ store, prefix }: Tree, signal: AbortSignal): Promise<boolean> {
  for await (const _ of store.list({ prefix, pageSize: 1, signal })) return true;
  return false;
}
