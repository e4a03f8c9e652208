/** The most keys that are held at once, in 4 MiB; above it a counter samples. */
const CAPACITY = 131_072;
const SLOTS: number = CAPACITY * 2;

/** What a counter found. */
export interface DistinctCount {
  /** How many keys were added, and the bytes they stood for. */
  readonly count: number;
  readonly bytes: number;
  /** How many different ones, and their bytes; whole numbers if `relativeError` is 0. */
  readonly distinct: number;
  readonly distinctBytes: number;
  /** The standard error of `distinct`, as a share of it; 0 while all keys are held. */
  readonly relativeError: number;
}

/**
 * Counts different hashes in bounded memory by adaptive sampling (Wegman; Flajolet, "On adaptive sampling", Computing 43, 1990): it
 * holds the hashes that begin with `level` zero bits, and goes up a level whenever there are too many. Up to 131,072 different
 * ones it is exact; above, the standard error is 1.2 ÷ the root of that capacity, 0.33 %.
 */
export class DistinctCounter {
  readonly #high = new Uint32Array(SLOTS);
  readonly #low = new Uint32Array(SLOTS);
  readonly #bytes = new Float64Array(SLOTS);
  #held = 0;
  #level = 0;
  #count = 0;
  #totalBytes = 0;

  /** Whether all different keys so far are held. */
  get isExact(): boolean {
    return this.#level === 0;
  }

  /** Adds a 64-bit hash that stands for `bytes` bytes; tells whether it is held and was not there before. */
  add(high: number, low: number, bytes: number): boolean {
    this.#count++;
    this.#totalBytes += bytes;
    // A slot of two zeros is free; the one hash that is all zeros shares its place with a neighbour, at odds of 1 to 2^64.
    const key = high === 0 && low === 0 ? 1 : low;
    if (this.#level > 0 && Math.clz32(high) < this.#level) return false;
    const isNew = this.#insert(high, key, bytes);
    if (isNew && this.#held > CAPACITY) this.#thin();
    return isNew;
  }

  result(): DistinctCount {
    let heldBytes = 0;
    for (let slot = 0; slot < SLOTS; slot++) heldBytes += this.#bytes[slot] as number;
    const factor = 2 ** this.#level;
    return {
      count: this.#count,
      bytes: this.#totalBytes,
      distinct: this.#held * factor,
      distinctBytes: heldBytes * factor,
      relativeError: this.#level === 0 ? 0 : 1.2 / Math.sqrt(CAPACITY),
    };
  }

  #insert(high: number, low: number, bytes: number): boolean {
    let slot = low % SLOTS;
    for (;;) {
      const [heldHigh, heldLow] = [this.#high[slot], this.#low[slot]];
      if (heldHigh === high && heldLow === low) return false;
      if (heldHigh === 0 && heldLow === 0) break;
      slot = slot + 1 === SLOTS ? 0 : slot + 1;
    }
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#bytes[slot] = bytes;
    this.#held++;
    return true;
  }

  /** Goes up until there is room: every level drops half of what is held. */
  #thin(): void {
    while (this.#held > CAPACITY) {
      this.#level++;
      const [high, low, bytes] = [this.#high.slice(), this.#low.slice(), this.#bytes.slice()];
      this.#high.fill(0);
      this.#low.fill(0);
      this.#bytes.fill(0);
      this.#held = 0;
      for (let slot = 0; slot < SLOTS; slot++) {
        const isFree = high[slot] === 0 && low[slot] === 0;
        if (isFree || Math.clz32(high[slot] as number) < this.#level) continue;
        this.#insert(high[slot] as number, low[slot] as number, bytes[slot] as number);
      }
    }
  }
}
