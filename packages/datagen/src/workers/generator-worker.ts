import { parentPort } from "node:worker_threads";
import { Crc32c } from "@sluice/core";
import { DataGenerator } from "../data-generator.js";
import { MAX_PIECE_BYTES } from "../kernel/kernel.js";
import type { Recipe } from "../recipe.js";

/** A piece to make, and the memory to make it in. */
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
let configured: Recipe | undefined;

parentPort?.on("message", ({ recipe, offset, byteLength, memory }: PieceRequest) => {
  if (generator === undefined) generator = new DataGenerator(recipe);
  else if (!isSame(recipe, configured)) generator.reconfigure(recipe);
  configured = recipe;
  const target = new Uint8Array(memory, 0, byteLength);
  const crc = new Crc32c();
  for (let done = 0; done < byteLength; done += MAX_PIECE_BYTES) {
    const piece = generator.piece(offset + done, byteLength - done);
    crc.update(piece);
    target.set(piece, done);
  }
  const reply: PieceReply = { memory, crc32c: crc.value };
  parentPort?.postMessage(reply, [memory]);
});

function isSame(first: Recipe, second: Recipe | undefined): boolean {
  return second !== undefined && Object.entries(first).every(([name, value]) => second[name as keyof Recipe] === value);
}
