import { execFile, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openFsStore } from "@sluice/backend-fs";
import { createRecipe, DataGenerator, StreamingDataWriter } from "@sluice/datagen";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const CHILD = fileURLToPath(new URL("children/read-range.mjs", import.meta.url));
const MIB = 2 ** 20;
const recipe = createRecipe({ size: 1024 * MIB, compress: 3, seed: 7n });

const hasZstdTool = (() => {
  try {
    execFileSync("zstd", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe("an object of 1 GiB written through zstd 3", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-compressed-"));
    const { version: _version, ...options } = recipe;
    const target = { store: openFsStore(folder, { durability: "none" }), key: "object" };
    const writer = await StreamingDataWriter.create(target, {
      ...options,
      writer: { compression: { codec: "zstd", level: 3 } },
    });
    await writer.generateRemaining();
    const { storedSize } = await writer.finalize();
    console.log(`ratio ${(recipe.size / storedSize).toFixed(3)}`);
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.skipIf(process.platform !== "linux")("gives 4 KiB of its middle for less than 3 MiB of reading", async () => {
    const start = 512 * MIB + 12_345;
    const args = [CHILD, folder, "object.zst", String(start), String(start + 4096)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { hex, bytesRead } = JSON.parse(stdout) as { hex: string; bytesRead: number };
    const expected = Buffer.alloc(4096);
    new DataGenerator(recipe).fill(expected, start);
    expect(hex).toBe(expected.toString("hex"));
    expect(bytesRead).toBeLessThan(3 * MIB);
    console.log(`4 KiB in the middle of 1 GiB: ${(bytesRead / 1024).toFixed(0)} KiB read`);
  });

  test.skipIf(!hasZstdTool)("passes zstd -t, and zstd -dc gives the plain object", { timeout: 120_000 }, async () => {
    execFileSync("zstd", ["-t", "-q", join(folder, "object.zst")]);
    const plain = createHash("sha256");
    const generator = new DataGenerator(recipe);
    for (let offset = 0; offset < recipe.size; ) {
      const piece = generator.piece(offset);
      plain.update(piece);
      offset += piece.byteLength;
    }
    const decoded = createHash("sha256");
    const tool = spawn("zstd", ["-dc", "-q", join(folder, "object.zst")], { stdio: ["ignore", "pipe", "inherit"] });
    for await (const chunk of tool.stdout) decoded.update(chunk as Buffer);
    expect(decoded.digest("hex")).toBe(plain.digest("hex"));
  });
});
