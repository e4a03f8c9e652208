import { crc32c, createMemoryStore } from "@sluice/core";
import { beforeEach, describe, expect, it } from "vitest";
import { createRecipe, DataGenerator, verifyObject } from "../src/index.js";
import { rejects } from "./refuses.js";

const recipe = createRecipe({ size: 300_001, seed: 9n, blockSize: 4096, dedup: 2, compress: 3 });
const content = new Uint8Array(recipe.size);
new DataGenerator(recipe).fill(content, 0);
const store = createMemoryStore();
const damaged = (change: (bytes: Uint8Array) => void) => {
  const bytes = content.slice();
  change(bytes);
  return bytes;
};

describe("verifyObject", () => {
  it("finds nothing wrong with the recipe's own bytes", async () => {
    await store.put("a", content);
    const seen: number[] = [];
    expect(await verifyObject(store, "a", recipe, { onProgress: (bytes) => seen.push(bytes) })).toEqual({
      ok: true,
      expectedBytes: recipe.size,
      actualBytes: recipe.size,
      bytesCompared: recipe.size,
      checksum: crc32c(content),
      badBlocks: 0,
      badBytes: 0,
    });
    expect(seen.at(-1)).toBe(recipe.size);
  });

  it("decodes a compressed object, unless it is told not to", async () => {
    for (const codec of ["gzip", "zstd"] as const) {
      const { key } = await store.put("compressed", content, { compression: { codec, level: 1 } });
      expect(await verifyObject(store, key, recipe)).toMatchObject({ ok: true, checksum: crc32c(content) });
      expect(await verifyObject(store, key, recipe, { decode: false })).toMatchObject({ ok: false, firstBadOffset: 0 });
    }
  });

  it("counts flipped bytes and the blocks they lie in", async () => {
    const bytes = damaged((copy) => {
      for (const offset of [4095, 4096, 4097, 200_000, 300_000]) copy[offset] = (copy[offset] ?? 0) ^ 1;
    });
    await store.put("a", bytes);
    expect(await verifyObject(store, "a", recipe)).toMatchObject({
      ok: false,
      badBytes: 5,
      badBlocks: 4,
      firstBadOffset: 4095,
      firstBadBlock: 0,
      bytesCompared: recipe.size,
      checksum: crc32c(bytes),
    });
  });

  it("counts what is missing at the end as bad", async () => {
    await store.put("a", content.subarray(0, 8192 + 100));
    expect(await verifyObject(store, "a", recipe)).toMatchObject({
      ok: false,
      actualBytes: 8292,
      bytesCompared: 8292,
      firstBadOffset: 8292,
      firstBadBlock: 2,
      badBytes: recipe.size - 8292,
      badBlocks: Math.ceil(recipe.size / 4096) - 2,
    });
    await store.put("a", "");
    expect(await verifyObject(store, "a", recipe)).toMatchObject({ ok: false, firstBadOffset: 0, badBlocks: 74 });
  });

  it("does not pass an object that is too long", async () => {
    await store.put("a", Buffer.concat([content, Buffer.from("more")]));
    expect(await verifyObject(store, "a", recipe)).toMatchObject({
      ok: false,
      actualBytes: recipe.size + 4,
      bytesCompared: recipe.size,
      badBytes: 0,
      badBlocks: 0,
      firstBadOffset: recipe.size,
      firstBadBlock: 73,
    });
  });

  it("knows an object of another seed, and an empty one of size 0", async () => {
    await store.put("a", content);
    const other = await verifyObject(store, "a", createRecipe({ ...optionsOf(), seed: 10n }));
    expect(other).toMatchObject({ ok: false, badBlocks: 74, firstBadBlock: 0 });
    await store.put("empty", "");
    expect(await verifyObject(store, "empty", createRecipe({ size: 0 }))).toMatchObject({
      ok: true,
      checksum: "crc32c:00000000",
    });
  });
});

describe("verifyObject of damaged compressed objects", () => {
  let stored: Uint8Array;
  beforeEach(async () => {
    const { key } = await store.put("whole", content, { compression: { codec: "gzip", level: 1 } });
    stored = (await (await store.get(key)).bytes()).slice();
  });

  it("reports the damage and counts as bad from where decoding stopped", async () => {
    await store.put("cut.gz", stored.subarray(0, stored.byteLength >> 1));
    const report = await verifyObject(store, "cut.gz", recipe);
    expect(report.ok).toBe(false);
    expect(report.damage).toMatch(/damaged|truncated|cut/);
    expect(report.actualBytes).toBeLessThan(recipe.size);
    expect(report.firstBadOffset).toBe(report.actualBytes);
    expect(report.badBytes).toBe(recipe.size - report.actualBytes);
  });

  it("is not satisfied when all bytes came but the codec's own check failed", async () => {
    const last = stored.byteLength - 5;
    stored[last] = (stored[last] ?? 0) ^ 1;
    await store.put("flipped.gz", stored);
    const report = await verifyObject(store, "flipped.gz", recipe);
    expect(report.ok).toBe(false);
    expect(report.damage).toBeDefined();
  });
});

describe("verifyObject rejects", () => {
  it("what can't be read, with the store's error", async () => {
    await rejects(verifyObject(store, "missing", recipe), "NotFound", /./);
  });

  it("arguments that are none, before any I/O", async () => {
    await rejects(verifyObject(null as never, "a", recipe), "InvalidArgument", /must be a store/);
    await rejects(verifyObject(store, "a", { ...recipe, size: -1 }), "InvalidArgument", /size/);
    await rejects(verifyObject(store, "a", { ...recipe, version: 3 as 1 }), "Unsupported", /version 3/);
    await rejects(
      verifyObject(store, "a", recipe, { verify: 1 } as never),
      "InvalidArgument",
      /unknown option "verify"/,
    );
    await rejects(verifyObject(store, 7 as never, recipe), "InvalidArgument", /./);
  });

  it("when its signal fires, before or while it reads", async () => {
    await store.put("long", new DataGenerator(createRecipe({ size: 16 << 20, seed: 1n })).chunks());
    await rejects(verifyObject(store, "long", recipe, { signal: AbortSignal.abort() }), "Aborted", /abort/);
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    await rejects(verifyObject(store, "long", createRecipe({ size: 16 << 20, seed: 1n }), options), "Aborted", /abort/);
  });
});

function optionsOf() {
  const { version: _version, ...options } = recipe;
  return options;
}
