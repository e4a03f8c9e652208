import { randomUUID } from "node:crypto";
import { crc32c, createMemoryStore, openObject } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { createRecipe, StreamingDataWriter } from "../src/index.js";
import { contentOf } from "./content.js";
import { rejects } from "./refuses.js";
import { slowStore } from "./slow-writer.js";

const SIZE = 300_001;
const OPTIONS = { size: SIZE, seed: 7n, dedup: 1.5, compress: 2 };

describe("StreamingDataWriter", () => {
  it("writes the recipe's bytes to a URI", async () => {
    const uri = `memory://datagen/${randomUUID()}`;
    const data = await StreamingDataWriter.create(uri, OPTIONS);
    expect(data).toMatchObject({
      uri,
      targetSize: SIZE,
      seed: 7n,
      bytesGenerated: 0,
      isComplete: false,
      state: "open",
    });
    let calls = 0;
    while (!data.isComplete) {
      const before = data.bytesGenerated;
      expect(await data.generateChunk(100_000)).toBe(data.bytesGenerated - before);
      calls++;
    }
    expect(calls).toBe(4);
    expect(await data.generateChunk(1)).toBe(0);
    const result = await data.finalize();
    expect(result).toMatchObject({ uri, size: SIZE, checksum: crc32c(contentOf(data.recipe)) });
    expect(data).toMatchObject({ state: "finalized", bytesWritten: SIZE, bytesGenerated: SIZE, compressedBytes: SIZE });
    const { store, key } = await openObject(uri);
    expect(Buffer.compare(await (await store.get(key)).bytes(), contentOf(data.recipe))).toBe(0);
  });

  it("passes the writer's options on", async () => {
    const store = createMemoryStore();
    const writer = { compression: { codec: "gzip", level: 1 } } as const;
    const data = await StreamingDataWriter.create({ store, key: "a" }, { ...OPTIONS, compress: 4, writer });
    expect(data).toMatchObject({ key: "a.gz", compression: writer.compression, compressionRatio: 1 });
    await data.generateRemaining();
    const { size, storedSize } = await data.finalize();
    expect(storedSize).toBeLessThan(size / 3);
    expect(data.compressionRatio).toBe(storedSize / size);
    const content = await (await store.get("a.gz", { decode: true, verify: data.checksum() })).bytes();
    expect(Buffer.compare(content, contentOf(data.recipe))).toBe(0);
  });

  it("has a fresh seed if none is given, readable afterwards", async () => {
    const store = createMemoryStore();
    const [one, two] = await Promise.all(
      ["1", "2"].map((key) => StreamingDataWriter.create({ store, key }, { size: 100 })),
    );
    expect(one?.seed).not.toBe(two?.seed);
    await one?.generateRemaining();
    await one?.finalize();
    expect(await (await store.get("1")).bytes()).toEqual(contentOf(createRecipe({ size: 100, seed: one?.seed ?? 0n })));
  });

  it("does not count bytes written by hand towards the target", async () => {
    const store = createMemoryStore();
    const data = await StreamingDataWriter.create({ store, key: "a" }, OPTIONS);
    await data.writeChunk(Buffer.from("head"));
    await data.generateChunk(1000);
    await data.writeChunk(Buffer.from("middle"));
    expect(data).toMatchObject({ bytesWritten: 1010, bytesGenerated: 1000 });
    expect(await data.generateRemaining()).toBe(SIZE - 1000);
    await data.writeChunk(Buffer.from("tail"));
    expect(await data.finalize()).toMatchObject({ size: SIZE + 14 });
    const content = contentOf(data.recipe);
    const parts = ["head", content.subarray(0, 1000), "middle", content.subarray(1000), "tail"];
    expect(
      Buffer.compare(await (await store.get("a")).bytes(), Buffer.concat(parts.map((part) => Buffer.from(part)))),
    ).toBe(0);
  });

  it("takes calls that are not awaited in their order, one at a time", async () => {
    const { store, mostAtOnce } = slowStore();
    const data = await StreamingDataWriter.create({ store, key: "a" }, OPTIONS);
    const calls = [data.generateChunk(100_000), data.writeChunk(Buffer.from("by hand")), data.generateChunk(100_000)];
    calls.push(data.generateRemaining(), data.generateChunk(5));
    const finalized = data.finalize();
    expect(data.state).toBe("finalizing");
    await rejects(data.generateChunk(1), "InvalidState", /generateChunk: the writer is finalizing/);
    await rejects(data.writeChunk(new Uint8Array(1)), "InvalidState", /finalizing/);
    expect(data.finalize()).toBe(finalized);
    expect(await Promise.all(calls)).toEqual([100_000, undefined, 100_000, 100_001, 0]);
    await finalized;
    expect(mostAtOnce()).toBe(1);
    const content = contentOf(data.recipe);
    const expected = Buffer.concat([content.subarray(0, 100_000), Buffer.from("by hand"), content.subarray(100_000)]);
    expect(Buffer.compare(await (await store.get("a")).bytes(), expected)).toBe(0);
  });

  it("makes an empty object of size 0", async () => {
    const store = createMemoryStore();
    const data = await StreamingDataWriter.create({ store, key: "a" }, { size: 0 });
    expect(data.isComplete).toBe(true);
    expect(await data.generateRemaining()).toBe(0);
    expect(await data.finalize()).toMatchObject({ size: 0, checksum: "crc32c:00000000" });
  });

  it("tells its progress", async () => {
    const data = await StreamingDataWriter.create({ store: createMemoryStore(), key: "a" }, OPTIONS);
    const seen: number[] = [];
    await data.generateRemaining({ onProgress: (bytes) => seen.push(bytes) });
    expect(seen).toEqual([65_536, 131_072, 196_608, 262_144, SIZE]);
    await data.cancel();
  });
});
