import type { ByteTarget, Encoder } from "./encoder.js";

/** Content bytes in a frame: what a ranged read decodes at least. */
export const FRAME_CONTENT_BYTES: number = 1 << 20;

/** A frame, and the memory its content was in, to be used again. */
export interface Frame {
  /** Valid until the next frame is asked for. */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array<ArrayBuffer>;
  /** The frame's CRC-32C, where another thread has hashed it. */
  readonly crc32c?: number;
}

/** Compresses frames, each on its own; `trailer` closes the object. */
export interface FrameCodec {
  /** How many frames may be under way. */
  readonly framesAtOnce: number;
  /** The frame of the first `contentBytes` of `content`, which belongs to the codec until then. */
  compress(content: Uint8Array<ArrayBuffer>, contentBytes: number): Frame | Promise<Frame>;
  /** Told of every frame when it has been written, in order; its memory is not read any more. */
  written?(frame: Uint8Array, contentBytes: number): void;
  trailer?(): Uint8Array;
  close?(): void;
}

interface PendingFrame {
  readonly frame: Frame | Promise<Frame>;
  readonly contentBytes: number;
}

/**
 * Cuts content into frames of {@link FRAME_CONTENT_BYTES}, so that any of them can be decoded without the others, and
 * writes them in order. Memory: one frame's content, and that of the frames under way with what they were compressed to.
 */
export class FrameEncoder implements Encoder {
  readonly #codec: FrameCodec;
  readonly #target: ByteTarget;
  readonly #pending: PendingFrame[] = [];
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  #content: Uint8Array<ArrayBuffer> = new Uint8Array(FRAME_CONTENT_BYTES);
  #filled = 0;
  #frameCount = 0;

  constructor(codec: FrameCodec, target: ByteTarget) {
    this.#codec = codec;
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
    while (this.#pending.length > 0) await this.#writeOldest();
    const trailer = this.#codec.trailer?.();
    if (trailer !== undefined) await this.#target.write(trailer);
  }

  close(): void {
    this.#codec.close?.();
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
    const frame = this.#codec.compress(this.#content, this.#filled);
    if (frame instanceof Promise) frame.catch(() => undefined);
    this.#pending.push({ frame, contentBytes: this.#filled });
    this.#filled = 0;
    this.#frameCount++;
    if (this.#pending.length >= this.#codec.framesAtOnce) await this.#writeOldest();
    this.#content = this.#free.pop() ?? new Uint8Array(FRAME_CONTENT_BYTES);
  }

  async #writeOldest(): Promise<void> {
    const { frame, contentBytes } = this.#pending.shift() as PendingFrame;
    const { bytes, content, crc32c } = await frame;
    this.#free.push(content);
    await this.#target.write(bytes, crc32c);
    this.#codec.written?.(bytes, contentBytes);
  }
}
