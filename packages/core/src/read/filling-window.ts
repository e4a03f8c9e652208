/** What is handed over at once: enough to be worth the call, little enough to stay in the processor's cache. */
const CHUNK_BYTES = 256 << 10;

/** Memory that is being filled from its start, and read as far as it is. */
export class FillingWindow {
  readonly memory: Uint8Array;
  #filled = 0;
  #taken = 0;
  #outcome: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(memory: Uint8Array, fill: (onFilled: (piece: Uint8Array) => void) => Promise<void>) {
    this.memory = memory;
    const filling = fill((piece) => {
      this.#filled += piece.byteLength;
      this.#wake?.();
    });
    filling.then(
      () => this.#settle({}),
      (error) => this.#settle({ error }),
    );
  }

  /** The next chunk of what is there, as a view of the memory; undefined at the end. Rejects with what the filling did. */
  async next(): Promise<Uint8Array | undefined> {
    while (this.#taken === this.#filled) {
      if (this.#outcome !== undefined) {
        if ("error" in this.#outcome) throw this.#outcome.error;
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const start = this.#taken;
    this.#taken = Math.min(this.#filled, start + CHUNK_BYTES);
    return this.memory.subarray(start, this.#taken);
  }

  #settle(outcome: { readonly error?: unknown }): void {
    this.#outcome = outcome;
    this.#wake?.();
  }
}
