/** Random data that a seed fixes (xorshift32 of Marsaglia's "Xorshift RNGs", shifts 13, 17, 5). */
export class SeededRandom {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    // Spreads neighbouring seeds (the multiplier of Knuth's multiplicative hash); a state of 0 would stay 0.
    this.#state = Math.imul(seed, 0x9e3779b1) | 0 || 1;
  }

  /** The next 32 bits, as a signed integer. */
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state;
  }

  /** A whole number from `minimum` to `maximum`, both included. */
  integer(minimum: number, maximum: number): number {
    return minimum + ((this.next() >>> 0) % (maximum - minimum + 1));
  }

  /** Bytes that no codec makes smaller. */
  bytes(byteLength: number): Uint8Array {
    const words = new Int32Array(Math.ceil(byteLength / 4));
    for (let index = 0; index < words.length; index++) words[index] = this.next();
    return new Uint8Array(words.buffer, 0, byteLength);
  }

  /** Bytes that a codec makes about half as large: of each 64, 32 are constant. */
  compressibleBytes(byteLength: number): Uint8Array {
    const bytes = this.bytes(byteLength);
    for (let offset = 0; offset < byteLength; offset += 64) bytes.fill(0x61, offset, offset + 32);
    return bytes;
  }

  /** `bytes` cut into chunks of random sizes up to `maximumBytes`, empty ones among them. */
  chunksOf(bytes: Uint8Array, maximumBytes: number): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    for (let offset = 0; offset < bytes.byteLength; ) {
      const chunk = bytes.subarray(offset, offset + this.integer(0, maximumBytes));
      chunks.push(chunk);
      offset += chunk.byteLength;
    }
    return chunks;
  }
}
