import { type LentMemory, registerLentMemory, type WasmMemory } from "@sluice/core";
import { alignedMemory } from "./wasm-memory.js";
import { Workspaces } from "./workspaces.js";

/** Has a partly filled slab while nobody writes into it. */
export interface RestingHolder {
  /** Called once, after it was taken out of the pool's list: sees to it that the slab comes back soon. */
  park(): void;
}

/** A place in the line for a slab. */
export interface SlabRequest {
  /** The slab, which the taker then owns; undefined after `withdraw`. */
  readonly slab: Promise<Uint8Array | undefined>;
  /** Leaves the line; a slab that has been handed over already stays the taker's. */
  withdraw(): void;
}

/**
 * A fixed number of aligned slabs in one piece of memory. A slab is free, or under way (being filled, written or read, so
 * that it will come back or rest), or rests with a holder. While somebody waits and not enough slabs are under way, the
 * holder that has rested longest is asked to park. So whoever waits gets a slab, in the order of asking.
 */
export class SlabPool implements LentMemory {
  readonly memory: WasmMemory;
  readonly slabCount: number;
  readonly slabBytes: number;
  readonly #workspaces = new Workspaces();
  readonly #free: Uint8Array[];
  readonly #waiting = new Set<(slab: Uint8Array | undefined) => void>();
  /** In the order in which they came to rest. */
  readonly #resting = new Set<RestingHolder>();

  constructor(poolBytes: number, slabBytes: number) {
    this.slabBytes = slabBytes;
    this.slabCount = Math.floor(poolBytes / slabBytes);
    this.memory = alignedMemory(Workspaces.totalBytes + this.slabCount * slabBytes);
    const { buffer } = this.memory;
    this.#free = Array.from(
      { length: this.slabCount },
      (_, index) => new Uint8Array(buffer, Workspaces.totalBytes + index * slabBytes, slabBytes),
    ).reverse();
    registerLentMemory(this);
  }

  /** Slabs that nobody has. */
  get freeCount(): number {
    return this.#free.length;
  }

  allocate(bytes: number): { readonly address: number; free(): void } | undefined {
    return this.#workspaces.allocate(bytes);
  }

  /** The slab that came back last, whose memory is most likely still in the processor's cache; undefined if none is free. */
  tryTake(): Uint8Array | undefined {
    return this.#free.pop();
  }

  /** A slab as soon as there is one. */
  take(): SlabRequest {
    const free = this.tryTake();
    if (free !== undefined) return { slab: Promise.resolve(free), withdraw: () => undefined };
    let handOver: (slab: Uint8Array | undefined) => void = () => undefined;
    const slab = new Promise<Uint8Array | undefined>((resolve) => {
      handOver = resolve;
    });
    this.#waiting.add(handOver);
    this.#askToPark();
    const withdraw = (): void => {
      if (this.#waiting.delete(handOver)) handOver(undefined);
    };
    return { slab, withdraw };
  }

  giveBack(slab: Uint8Array): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free.push(slab);
      return;
    }
    this.#waiting.delete(next);
    next(slab);
  }

  /** Says that the holder's slab holds what it will hold for now: if it is needed elsewhere the holder is asked to park. */
  rest(holder: RestingHolder): void {
    this.#resting.add(holder);
    this.#askToPark();
  }

  /** Says that the holder goes on, and is not to be asked any more. */
  wake(holder: RestingHolder): void {
    this.#resting.delete(holder);
  }

  #askToPark(): void {
    while (this.#waiting.size > this.slabCount - this.#free.length - this.#resting.size) {
      const [holder] = this.#resting;
      if (holder === undefined) return;
      this.#resting.delete(holder);
      holder.park();
    }
  }
}
