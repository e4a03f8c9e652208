import { crc32c, createMemoryStore } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { createRecipe, DataGenerator, StreamingDataWriter } from "../src/index.js";

const SEED = 20_261n;
const SIZE = 5 * (1 << 20) + 12_345;
const OPTIONS = { size: SIZE, seed: SEED, dedup: 2, compress: 1.7, blockSize: 4096 } as const;

describe.each([1, 3])("%d workers", (workers) => {
  test("write the bytes of the recipe, whatever the chunks, and manual bytes stand where they were written", async () => {
    const expected = new Uint8Array(SIZE);
    new DataGenerator(createRecipe(OPTIONS)).fill(expected, 0);
    const store = createMemoryStore();
    const writer = await StreamingDataWriter.create({ store, key: "object" }, { ...OPTIONS, workers });
    const manual = Uint8Array.of(1, 2, 3);
    const reported: number[] = [];
    await writer.generateChunk(1);
    await writer.generateChunk((1 << 20) + 7);
    await writer.writeChunk(manual);
    await writer.generateRemaining({ onProgress: (bytes) => reported.push(bytes) });
    const { checksum } = await writer.finalize();
    const cut = (1 << 20) + 8;
    const content = Buffer.concat([expected.subarray(0, cut), manual, expected.subarray(cut)]);
    expect(Buffer.from(await (await store.get("object", { verify: checksum })).bytes()).equals(content)).toBe(true);
    expect(checksum).toBe(crc32c(content));
    expect(reported.at(-1)).toBe(SIZE);
  });

  test("stop at a signal, go on, and end when the writer is cancelled", async () => {
    const store = createMemoryStore();
    const writer = await StreamingDataWriter.create({ store, key: "object" }, { ...OPTIONS, workers });
    const controller = new AbortController();
    const stopped = writer.generateRemaining({ signal: controller.signal, onProgress: () => controller.abort() });
    await expect(stopped).rejects.toMatchObject({ code: "Aborted" });
    const generated = writer.bytesGenerated;
    expect(generated).toBeLessThan(SIZE);
    expect(await writer.generateChunk(10)).toBe(10);
    await writer.cancel();
    expect(await store.exists("object")).toBe(false);
    await expect(writer.generateRemaining()).rejects.toMatchObject({ code: "InvalidState" });
  });
});

test.each([-1, 0.5, 65, "2"])("%j workers are refused before anything is opened", async (workers) => {
  const store = createMemoryStore();
  const options = { ...OPTIONS, workers: workers as number };
  const creating = StreamingDataWriter.create({ store, key: "object" }, options);
  await expect(creating).rejects.toMatchObject({ code: "InvalidArgument" });
});
