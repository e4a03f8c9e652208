import type { Codec } from "./codec.js";
import { damaged, foreign } from "./damage.js";

const NOTHING = new Uint8Array(0);

/**
 * Walks over the bytes of a source, so that a decoder takes as many as belong to a frame or member and leaves the rest.
 * The next chunk is asked for once the one at hand is used up: a source may lend its chunks.
 */
export class ByteCursor {
  readonly #codec: Codec;
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = NOTHING;

  constructor(codec: Codec, source: AsyncIterable<Uint8Array>) {
    this.#codec = codec;
    this.#source = source[Symbol.asyncIterator]();
  }

  /** What is left of the chunk at hand, or the next one; undefined at the end of the source. */
  async chunk(): Promise<Uint8Array | undefined> {
    while (this.#chunk.byteLength === 0) {
      const { done, value } = await this.#source.next();
      if (done === true) return undefined;
      this.#chunk = value;
    }
    return this.#chunk;
  }

  /** The same inside of a frame or member, where the end of the source is a cut. */
  async chunkInside(): Promise<Uint8Array> {
    const chunk = await this.chunk();
    if (chunk === undefined) throw damaged(this.#codec, "the data is cut off");
    return chunk;
  }

  /** Takes bytes of the chunk at hand. */
  advance(bytes: number): void {
    this.#chunk = this.#chunk.subarray(bytes);
  }

  /** Takes exactly so many bytes; the result belongs to the caller. */
  async take(bytes: number): Promise<Uint8Array> {
    const taken = new Uint8Array(bytes);
    for (let filled = 0; filled < bytes; ) {
      const chunk = (await this.chunkInside()).subarray(0, bytes - filled);
      taken.set(chunk, filled);
      filled += chunk.byteLength;
      this.advance(chunk.byteLength);
    }
    return taken;
  }

  /** Passes over so many bytes. */
  async skip(bytes: number): Promise<void> {
    for (let left = bytes; left > 0; ) {
      const skipped = Math.min(left, (await this.chunkInside()).byteLength);
      this.advance(skipped);
      left -= skipped;
    }
  }

  /**
   * Whether a frame or member follows, behind `count` others. Zero bytes up to the end are padding, as tapes and blocks
   * leave it; zero bytes before anything else, and no frame at all, are damage.
   */
  async hasAnother(count: number): Promise<boolean> {
    let chunk = await this.chunk();
    if (chunk === undefined && count === 0) throw foreign(this.#codec, true);
    if (chunk !== undefined && (count === 0 || chunk[0] !== 0)) return true;
    for (; chunk !== undefined; chunk = await this.chunk()) {
      if (chunk.some((byte) => byte !== 0)) throw damaged(this.#codec, "zero bytes stand where more should follow");
      this.advance(chunk.byteLength);
    }
    return false;
  }

  /** Releases the source, wherever the cursor is. */
  async release(): Promise<void> {
    await this.#source.return?.();
  }
}
