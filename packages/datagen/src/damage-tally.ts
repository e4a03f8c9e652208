/** Blocks from `first` through `last`. */
export interface BlockRange {
  readonly first: number;
  readonly last: number;
}

/** The most ranges that are listed; more are counted only. */
export const MAX_BAD_RANGES = 1000;

/** Counts what is wrong with an object, dedup block by dedup block. Regions must come in the order of their offsets. */
export class DamageTally {
  readonly #blockBytes: number;
  #badBytes = 0;
  #badBlocks = 0;
  #firstBadOffset: number | undefined;
  #lastBadBlock = -1;
  readonly #ranges: { first: number; last: number }[] = [];

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes;
  }

  get badBytes(): number {
    return this.#badBytes;
  }

  get badBlocks(): number {
    return this.#badBlocks;
  }

  /** The bad blocks in their order, at most {@link MAX_BAD_RANGES} runs of them. */
  get badRanges(): readonly BlockRange[] {
    return this.#ranges;
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
    if (last < first) return;
    this.#badBlocks += last - first + 1;
    const run = this.#ranges.at(-1);
    if (run !== undefined && run.last === first - 1 && this.#lastBadBlock === run.last) run.last = last;
    else if (this.#ranges.length < MAX_BAD_RANGES) this.#ranges.push({ first, last });
    this.#lastBadBlock = last;
  }
}
