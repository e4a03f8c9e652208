import type { ObjectStore } from "../store.js";
import type { HostileStore } from "./hostile-store.js";

/** How the stored bytes of an object are damaged: one byte changed, or everything from an offset on cut off. */
export type Corruption = { readonly flipAt: number } | { readonly truncateTo: number };

/**
 * What a backend hands to the suite. Only `createStore` and `partBytes` are required; a case that needs a hook which is
 * absent shows as a named skip.
 */
export interface ConformanceHarness {
  /** A fresh, empty store with the backend's default options. Called once a case, sometimes more. */
  readonly createStore: () => Promise<ObjectStore>;
  /** The part, block, slab or buffer size in bytes that sizes are tried around; 64 KiB to 8 MiB keep the suite short. */
  readonly partBytes: number;
  /**
   * What lies in the store natively besides visible objects, such as temporary files and unfinished uploads. Must be
   * empty at the end of every case.
   */
  readonly leftovers?: (store: ObjectStore) => Promise<readonly string[]>;
  /** How many native list requests (pages) the store has made so far. */
  readonly listRequests?: (store: ObjectStore) => number;
  /** How many native reads (requests, or opened files) the store has made so far. */
  readonly readRequests?: (store: ObjectStore) => number;
  /** How many bytes native reads have delivered so far. */
  readonly bytesRead?: (store: ObjectStore) => number;
  /** Damages the stored bytes behind the store's back. */
  readonly corrupt?: (store: ObjectStore, key: string, change: Corruption) => Promise<void>;
  /** Says that the store keeps its objects outside of this process's memory, so that the memory bounds can be measured. */
  readonly boundedStore?: true;
  /**
   * Opens the place of `store` once more, through a proxy that gives hostile answers, as `startHostileStore` does. For stores
   * over HTTP.
   */
  readonly hostile?: (store: ObjectStore) => Promise<HostileStore>;
  /** Removes what a case left, after it and whatever became of it; the suite closes the store afterwards. */
  readonly cleanUp?: (store: ObjectStore) => Promise<void>;
  /** Ids of cases that are not run, each with the reason. Default: none. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Seeds all data of the suite; every failure names it. Default 1. */
  readonly seed?: number;
}
