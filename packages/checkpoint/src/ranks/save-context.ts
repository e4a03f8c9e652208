import type { ObjectStore } from "@sluice/core";
import type { SaveId } from "../layout/save-id.js";

/** One process's part in a save whose ranks are processes. */
export interface SaveContext {
  readonly store: ObjectStore;
  readonly id: SaveId;
  readonly worldSize: number;
  /** What the ranks found each other by, in words. */
  readonly name: string;
  /** Which rank this process takes itself for, and why. */
  readonly who: string;
  /** Of this process alone. */
  readonly incarnation: string;
  /** How long to wait for other processes. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/** The store's options for a call. */
export function callOf({ signal }: SaveContext): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
