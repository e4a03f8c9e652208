import type { ByteTarget, Encoder } from "./encoder.js";

/** Content bytes in a frame: what a ranged read decodes at least. */
export const FRAME_CONTENT_BYTES: number = 1 << 20;

/** Compresses frames one after the other, each on its own; `trailer` closes the object. */
export interface FrameCodec {
  /** The frame of `content`, valid until the next call. */
  compress(content: Uint8Array): Uint8Array | Promise<Uint8Array>;
  trailer(): Uint8Array | undefined;
}

/** Cuts content into frames of {@link FRAME_CONTENT_BYTES}, so that any of them can be decoded without the others. */
export class FrameEncoder implements Encoder {
  readonly #frames: FrameCodec;
  readonly #target: ByteTarget;
  readonly #content: Uint8Array = new Uint8Array(FRAME_CONTENT_BYTES);
  #filled = 0;
  #frameCount = 0;

  constructor(frames: FrameCodec, target: ByteTarget) {
    this.#frames = frames;
    this.#target = target;
  }

  push(chunk: Uint8Array): void | Promise<void> {
    if (this.#filled + chunk.byteLength < FRAME_CONTENT_BYTES) {
      this.#content.set(chunk, this.#filled);
      this.#filled += chunk.byteLength;
      return;
    }
    return this.#pushAcross(chunk);
  }

  /** Even an empty object gets a frame: no tool takes zero bytes for a compressed object. */
  async end(): Promise<void> {
    if (this.#filled > 0 || this.#frameCount === 0) await this.#flush();
    const trailer = this.#frames.trailer();
    if (trailer !== undefined) await this.#target.write(trailer);
  }

  async #pushAcross(chunk: Uint8Array): Promise<void> {
    for (let offset = 0; offset < chunk.byteLength; ) {
      const taken = Math.min(chunk.byteLength - offset, FRAME_CONTENT_BYTES - this.#filled);
      this.#content.set(chunk.subarray(offset, offset + taken), this.#filled);
      this.#filled += taken;
      offset += taken;
      if (this.#filled === FRAME_CONTENT_BYTES) await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    const frame = await this.#frames.compress(this.#content.subarray(0, this.#filled));
    this.#filled = 0;
    this.#frameCount++;
    await this.#target.write(frame);
  }
}
