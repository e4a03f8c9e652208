import type { Capabilities } from "../capabilities.js";
import type { ObjectStore } from "../store.js";
import type { ConformanceHarness } from "./harness.js";
import type { SeededRandom } from "./random.js";

/** The capabilities that a store has or has not. */
export type SwitchCapability = {
  [Name in keyof Capabilities]-?: Capabilities[Name] extends boolean ? Name : never;
}[keyof Capabilities];

/** The hooks of a harness that a case can depend on. */
export type HarnessHook =
  | "leftovers"
  | "listRequests"
  | "readRequests"
  | "bytesRead"
  | "corrupt"
  | "boundedStore"
  | "hostile";

/** What a case cannot run without; `no ifMatch` asks for a store that lacks `ifMatch`. */
export type ConformanceNeed = SwitchCapability | `no ${SwitchCapability}` | HarnessHook;

/** What a case works with. */
export interface ConformanceContext {
  /** This case's own store, empty at first. */
  readonly store: ObjectStore;
  readonly harness: ConformanceHarness;
  readonly partBytes: number;
  /** The case's data; begins at the same seed in every case. */
  readonly random: SeededRandom;
  /** Another fresh store, cleaned up with the case's own. */
  createStore(): Promise<ObjectStore>;
}

/** One promise of the contract, and how it is held. */
export interface ConformanceCase {
  /** The number of the clause in docs/contract.md, such as `W7`; never given to another promise. */
  readonly id: string;
  readonly name: string;
  readonly needs: readonly ConformanceNeed[];
  /** Rejects if the store breaks the promise. */
  readonly run: (context: ConformanceContext) => Promise<void>;
}
