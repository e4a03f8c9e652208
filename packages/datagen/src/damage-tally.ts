/** Counts what is wrong with an object, dedup block by dedup block. Regions must come in the order of their offsets. */
export class DamageTally {
  readonly #blockBytes: number;
  #badBytes = 0;
  #badBlocks = 0;
  #firstBadOffset: number | undefined;
  #lastBadBlock = -1;

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes;
  }

  get badBytes(): number {
    return this.#badBytes;
  }

  get badBlocks(): number {
    return this.#badBlocks;
  }

  get firstBadOffset(): number | undefined {
    return this.#firstBadOffset;
  }

  /** Compares bytes of equal length that lie at `offset`. */
  compare(actual: Uint8Array, expected: Uint8Array, offset: number): void {
    if (Buffer.compare(actual, expected) === 0) return;
    for (let i = 0; i < expected.byteLength; i++) {
      if (actual[i] !== expected[i]) this.addBad(offset + i, offset + i + 1);
    }
  }

  /** Counts all bytes from `start` up to `end` as bad. */
  addBad(start: number, end: number): void {
    if (start >= end) return;
    this.#firstBadOffset ??= start;
    this.#badBytes += end - start;
    const first = Math.max(Math.floor(start / this.#blockBytes), this.#lastBadBlock + 1);
    const last = Math.floor((end - 1) / this.#blockBytes);
    this.#badBlocks += last - first + 1;
    this.#lastBadBlock = last;
  }
}
