import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Buffers are freed behind the collection that found them; more rounds than this never changed a sample. */
const COLLECTIONS = 4;

/**
 * Measures how far memory outside of the JavaScript heap, which is where buffers lie, grows above the least it has been.
 * Garbage is collected before each sample, so that only what is held counts. That takes turns of the event loop, so a
 * sample is awaited.
 */
export class MemoryPeak {
  readonly #collectGarbage: () => void = exposedGarbageCollector();
  #leastBytes: number = Number.POSITIVE_INFINITY;
  #peakBytes = 0;

  async sample(): Promise<void> {
    let heldBytes = Number.POSITIVE_INFINITY;
    for (let round = 0; round < COLLECTIONS; round++) {
      this.#collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
      // `external` counts array buffers too, and what came in since the collection: what is held is there in every round.
      heldBytes = Math.min(heldBytes, process.memoryUsage().external);
    }
    this.#leastBytes = Math.min(this.#leastBytes, heldBytes);
    this.#peakBytes = Math.max(this.#peakBytes, heldBytes - this.#leastBytes);
  }

  get peakBytes(): number {
    return this.#peakBytes;
  }
}

/** Node shows its collector only to a context that is made after the flag is set. */
function exposedGarbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
