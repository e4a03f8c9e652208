import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../src/index.js";

const store = createMemoryStore();
const read = async (key: string, bytes: Uint8Array | string): Promise<Uint8Array> => {
  await store.put(key, bytes);
  return (await store.get(key, { decode: true })).bytes();
};

describe("what a codec never made is called that, and not data that is cut off", () => {
  test.each<[string, string]>([
    ["nothing", ""],
    ["one byte", "h"],
    ["two bytes", "hi"],
    ["nine bytes", "too short"],
    ["a long text", "plain text, named by mistake\n".repeat(1000)],
    ["zero bytes", "\0\0\0\0\0\0\0\0\0\0\0\0"],
  ])("%s", async (_, text) => {
    for (const [key, codec] of [
      ["x.gz", "gzip"],
      ["x.zst", "zstd"],
    ] as const) {
      await expect(read(key, text)).rejects.toMatchObject({
        ...{ code: "ChecksumMismatch", message: expect.stringContaining(`the object is no ${codec} data`) },
      });
    }
  });

  test("garbage behind good data, and data that is cut off, are damage", async () => {
    await store.put("whole.zst", "content", { compression: { codec: "zstd" } });
    const zstd = await (await store.get("whole.zst")).bytes();
    for (const [key, bytes] of [
      ["x.gz", gzipSync("content")],
      ["x.zst", zstd],
    ] as const) {
      await expect(read(key, Buffer.concat([bytes, Buffer.from("xy")]))).rejects.toThrow(
        "data is damaged: something else follows",
      );
      await expect(read(key, bytes.subarray(0, 5))).rejects.toThrow("the data is cut off");
    }
  });
});
