import { describe, expect, it } from "vitest";
import { createRecipe, DataGenerator, MAX_PIECE_BYTES } from "../src/index.js";

describe("the kernel", () => {
  it("has 128 KiB of memory, whatever the size of the object", () => {
    const generator = new DataGenerator(createRecipe({ size: Number.MAX_SAFE_INTEGER, seed: 1n }));
    const piece = generator.piece(2 ** 50 + 127, MAX_PIECE_BYTES);
    expect(piece.byteLength).toBe(MAX_PIECE_BYTES);
    expect(piece.buffer.byteLength).toBe(128 << 10);
  });
});
