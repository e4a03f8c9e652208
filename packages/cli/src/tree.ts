import type { ListEntry, ObjectStore, Unlistable } from "@sluice/core";

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

/** Told of each name that can't be an object's. */
export type OnUnlistable = (found: Unlistable) => void;

/** The objects of a tree, in the order of their keys. A name that can't be an object's ends the listing, unless `onUnlistable` is told of it. */
export async function* objectsOf(
  { store, prefix }: Tree,
  signal: AbortSignal,
  onUnlistable?: OnUnlistable,
): AsyncGenerator<ListedObject, void, void> {
  const listing = store.list({ prefix, signal, ...(onUnlistable !== undefined && { onUnlistable }) });
  for await (const entry of listing) if (entry.kind === "object") yield entry;
}

/** Whether there is any object in a tree. */
export async function holdsObjects({ store, prefix }: Tree, signal: AbortSignal): Promise<boolean> {
  for await (const _ of store.list({ prefix, pageSize: 1, signal, onUnlistable: ignore })) return true;
  return false;
}

/** For listings that look for objects of their own, whatever else lies there. */
export const ignore: OnUnlistable = () => undefined;
