import { describe, expect, test } from "vitest";
import { crc32c } from "../src/checksum/crc32c.js";
import { createMemoryStore } from "../src/memory/memory-backend.js";
import { randomBytes, seededRandom } from "./random.js";

const SEED = 11;
const random = seededRandom(SEED);
const block = randomBytes(5_000, random);
const CONTENT = Buffer.concat(
  Array.from({ length: 1_100 }, () => (random(2) === 0 ? block : randomBytes(5_000, random))),
);

describe.each(["zstd", "gzip"] as const)("%s", (codec) => {
  test.each([1, 3])(`in %d threads makes the same bytes as in none (seed ${SEED})`, async (workers) => {
    const store = createMemoryStore();
    const here = await store.put("here", CONTENT, { compression: { codec, level: 3 } });
    const there = await store.put("there", CONTENT, { compression: { codec, level: 3, workers } });
    expect(there).toMatchObject({
      checksum: crc32c(CONTENT),
      storedChecksum: here.storedChecksum,
      storedSize: here.storedSize,
    });
    expect(there.compression).toEqual(here.compression);
    const read = await (await store.get(there.key, { decode: true })).bytes();
    expect(Buffer.from(read).equals(CONTENT)).toBe(true);
  });

  test("in threads takes chunks of one byte, nothing at all, and a cancel", async () => {
    const store = createMemoryStore();
    const compression = { codec, level: 1, workers: 2 } as const;
    const writer = await store.createWriter("bytes", { compression });
    for (const byte of CONTENT.subarray(0, 3_000)) await writer.writeChunk(Uint8Array.of(byte));
    expect((await writer.finalize()).checksum).toBe(crc32c(CONTENT.subarray(0, 3_000)));
    const empty = await store.put("empty", "", { compression });
    expect(await (await store.get(empty.key, { decode: true })).text()).toBe("");
    const cancelled = await store.createWriter("cancelled", { compression });
    const writing = cancelled.writeChunk(CONTENT);
    await cancelled.cancel();
    await expect(writing).rejects.toMatchObject({ code: "InvalidState" });
  });
});

test.each([-1, 1.5, 65, "2"])("%j threads are refused", async (workers) => {
  const compression = { codec: "zstd", workers: workers as number } as const;
  await expect(createMemoryStore().put("object", "", { compression })).rejects.toMatchObject({
    code: "InvalidArgument",
  });
});
