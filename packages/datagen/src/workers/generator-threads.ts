import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
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

/** Threads that generate and hash, while this one writes. Memory: two pieces of 1 MiB a thread. */
export class GeneratorThreads {
  readonly #pool: WorkerPool<PieceRequest, PieceReply>;
  readonly #free: ArrayBuffer[] = [];

  constructor(threads: number) {
    const entry = createRequire(import.meta.url).resolve("@sluice/datagen/generator-worker");
    this.#pool = new WorkerPool(pathToFileURL(entry), { threads });
  }

  /** The recipe's bytes from `start` up to `end`, in order, made ahead of whoever asks for them. */
  async *pieces(recipe: Recipe, start: number, end: number): AsyncGenerator<HashedPiece, void, void> {
    const ahead: Promise<PieceReply>[] = [];
    const lengths: number[] = [];
    let requested = start;
    try {
      while (requested < end || ahead.length > 0) {
        for (
          ;
          requested < end && ahead.length < PIECES_A_THREAD * this.#pool.threads;
          requested += THREAD_PIECE_BYTES
        ) {
          const byteLength = Math.min(THREAD_PIECE_BYTES, end - requested);
          lengths.push(byteLength);
          ahead.push(this.#request(recipe, requested, byteLength));
        }
        const { memory, crc32c } = await (ahead.shift() as Promise<PieceReply>);
        yield { bytes: new Uint8Array(memory, 0, lengths.shift()), crc32c };
        this.#free.push(memory);
      }
    } finally {
      for (const piece of ahead)
        piece.then(
          ({ memory }) => this.#free.push(memory),
          () => undefined,
        );
    }
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  #request(recipe: Recipe, offset: number, byteLength: number): Promise<PieceReply> {
    const memory = this.#free.pop() ?? new ArrayBuffer(THREAD_PIECE_BYTES);
    const reply = this.#pool.run({ recipe, offset, byteLength, memory }, [memory]);
    reply.catch(() => undefined);
    return reply;
  }
}
