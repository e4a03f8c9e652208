import type { Transform } from "node:stream";
import type { Codec } from "./codec.js";
import { damagedBy } from "./damage.js";

/** What a decompressor of node:zlib hands over at once. */
export const ZLIB_CHUNK_BYTES: number = 64 << 10;

/** A decompressor of node:zlib. */
export type ZlibStream = Transform & { readonly bytesWritten: number };

/** Feeds one compressed stream, piece by piece, to a decompressor of node:zlib, and tells where that stream ends. */
export class ZlibFeed {
  readonly #codec: Codec;
  readonly #stream: ZlibStream;
  #isOver = false;
  #failure: unknown;
  #wake: (() => void) | undefined;

  constructor(codec: Codec, stream: ZlibStream) {
    this.#codec = codec;
    this.#stream = stream;
    const wake = (): void => this.#wake?.();
    stream.on("readable", wake);
    stream.on("end", () => {
      this.#isOver = true;
      wake();
    });
    stream.on("error", (error) => {
      this.#failure = error;
      wake();
    });
  }

  /** Whether the decompressor has come to the end of its stream. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** How many bytes the decompressor has used. */
  get bytesTaken(): number {
    return this.#stream.bytesWritten;
  }

  /** What comes out of `piece`, which is read until the iteration ends. Bytes behind the stream's end are not taken. */
  async *push(piece: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
    let isTaken = false;
    this.#stream.write(piece, () => {
      isTaken = true;
      this.#wake?.();
    });
    yield* this.#output(() => isTaken);
  }

  close(): void {
    this.#stream.destroy();
  }

  async *#output(isDone: () => boolean): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      if (this.#failure !== undefined) throw damagedBy(this.#codec, this.#failure);
      const chunk = this.#stream.read() as Uint8Array | null;
      if (chunk !== null) yield chunk;
      else if (this.#isOver || isDone()) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
