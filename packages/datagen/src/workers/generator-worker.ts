import { Crc32c, serveRequests } from "@sluice/core";
import { DataGenerator } from "../data-generator.js";
import { MAX_PIECE_BYTES } from "../kernel/kernel.js";
import type { Recipe } from "../recipe.js";

/** A piece of the generator's recipe to make, and the memory to make it in. */
export interface PieceRequest {
  readonly recipe: Recipe;
  readonly offset: number;
  readonly byteLength: number;
  readonly memory: ArrayBuffer;
}

/** The same memory, filled, and the CRC-32C of the piece. */
export interface PieceReply {
  readonly memory: ArrayBuffer;
  readonly crc32c: number;
}

let generator: DataGenerator | undefined;

serveRequests<PieceRequest, PieceReply>(
  ({ recipe, offset, byteLength, memory }) => {
    if (generator === undefined) generator = new DataGenerator(recipe);
    else generator.reconfigure(recipe);
    const target = new Uint8Array(memory);
    const crc = new Crc32c();
    for (let done = 0; done < byteLength; done += MAX_PIECE_BYTES) {
      const piece = generator.piece(offset + done, byteLength - done);
      crc.update(piece);
      target.set(piece, done);
    }
    return { memory, crc32c: crc.value };
  },
  ({ memory }) => [memory],
);
