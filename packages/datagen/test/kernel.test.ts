import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createRecipe, DataGenerator, MAX_PIECE_BYTES } from "../src/index.js";

describe("the kernel", () => {
  it("in the sources is what its AssemblyScript compiles to", () => {
    const script = fileURLToPath(new URL("../scripts/build-kernel.mjs", import.meta.url));
    execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" });
  });

  it("has 128 KiB of memory, whatever the size of the object", () => {
    const generator = new DataGenerator(createRecipe({ size: Number.MAX_SAFE_INTEGER, seed: 1n }));
    const piece = generator.piece(2 ** 50 + 127, MAX_PIECE_BYTES);
    expect(piece.byteLength).toBe(MAX_PIECE_BYTES);
    expect(piece.buffer.byteLength).toBe(128 << 10);
  });
});
