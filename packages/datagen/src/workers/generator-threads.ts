import { createRequire } from "node:module";
import { WorkerPool } from "@sluice/core";
import type { Recipe } from "../recipe.js";
import type { PieceReply, PieceRequest } from "./generator-worker.js";

/** What one thread makes at a time: enough to be worth the message, little enough to stay in the processor's cache. */
const THREAD_PIECE_BYTES = 1 << 20;
/** Pieces a thread may be ahead of the writer. */
const PIECES_A_THREAD = 2;

/** A piece of the object, and its CRC-32C. The bytes are valid until the next piece is asked for. */
export interface HashedPiece {
  readonly bytes: Uint8Array;
  readonly crc32c: number;
}

/** A piece that a thread has made, in memory that goes back to it. */
interface ThreadPiece extends HashedPiece {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Threads that generate and hash, while this one writes. Memory: two pieces of 1 MiB a thread. */
export class GeneratorThreads {
  readonly #pool: WorkerPool<PieceRequest, PieceReply>;
  readonly #free: ArrayBuffer[] = [];

  constructor(threads: number) {
    const entry = createRequire(import.meta.url).resolve("@sluice/datagen/generator-worker");
    this.#pool = new WorkerPool(entry, { threads });
  }

  /** The recipe's bytes from `start` up to `end`, in order, made ahead of whoever asks for them. */
  async *pieces(recipe: Recipe, start: number, end: number): AsyncGenerator<HashedPiece, void, void> {
    const ahead: Promise<ThreadPiece>[] = [];
    let requested = start;
    try {
      while (requested < end || ahead.length > 0) {
        while (requested < end && ahead.length < PIECES_A_THREAD * this.#pool.threads) {
          const byteLength = Math.min(THREAD_PIECE_BYTES, end - requested);
          ahead.push(this.#request(recipe, requested, byteLength));
          requested += byteLength;
        }
        const piece = await (ahead.shift() as Promise<ThreadPiece>);
        yield piece;
        this.#giveBack(piece);
      }
    } finally {
      for (const piece of ahead) piece.then((made) => this.#giveBack(made)).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  #request(recipe: Recipe, offset: number, byteLength: number): Promise<ThreadPiece> {
    const memory = this.#free.pop() ?? new ArrayBuffer(THREAD_PIECE_BYTES);
    const piece = this.#pool
      .run({ recipe, offset, byteLength, memory }, [memory])
      .then((reply) => ({ bytes: new Uint8Array(reply.memory, 0, byteLength), crc32c: reply.crc32c }));
    // Whoever asks for the piece hears of it; until then it is not unhandled.
    piece.catch(() => undefined);
    return piece;
  }

  #giveBack({ bytes }: ThreadPiece): void {
    this.#free.push(bytes.buffer);
  }
}
