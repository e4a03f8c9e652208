import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { decodeStream } from "../src/compression/decode.js";
import { FRAME_CONTENT_BYTES } from "../src/compression/frame-encoder.js";
import { SeekTable, SeekTableBuilder, seekTableBytes } from "../src/compression/seek-table.js";
import { unzstd } from "../src/compression/unzstd.js";
import { chooseZstdEngine, zstdEngine } from "../src/compression/zstd-engine.js";
import { loadZstdNode } from "../src/compression/zstd-node.js";
import { createMemoryStore } from "../src/index.js";
import { collect } from "../src/read/stored-object.js";
import { zstdCompressSync } from "./node-zstd.js";
import { randomBytes, seededRandom } from "./random.js";

const hasZstdTool = (() => {
  try {
    execFileSync("zstd", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

async function* inPieces(data: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < data.length; offset += pieceBytes) yield data.subarray(offset, offset + pieceBytes);
}

describe("zstd", () => {
  test("zstd-napi is the engine in use here", async () => {
    expect((await zstdEngine()).name).toBe("zstd-napi");
  });

  test("without any engine it is Unsupported with the remedy", async () => {
    await expect(chooseZstdEngine([async () => undefined])).rejects.toMatchObject({
      code: "Unsupported",
      message: expect.stringMatching(/npm install zstd-napi.*gzip/),
    });
  });

  test.skipIf(zstdCompressSync === undefined)(
    "the zstd of node:zlib gives frames that zstd-napi decodes, and back",
    async () => {
      const node = await loadZstdNode();
      const napi = await zstdEngine();
      if (node === undefined) throw new Error("node:zlib has zstd, but the engine did not load");
      const content = Buffer.from("content ".repeat(50_000));
      for (const [from, to] of [
        [node, napi],
        [napi, node],
      ] as const) {
        const frame = Uint8Array.from(await from.frameCompressor(3)(content));
        expect(Buffer.compare(await collect(unzstd(inPieces(frame, 1000), to, {}), 0), content)).toBe(0);
      }
    },
  );

  test.skipIf(!hasZstdTool)("the zstd tool tests and decodes what a writer wrote", async () => {
    const store = createMemoryStore();
    const content = randomBytes(3 * FRAME_CONTENT_BYTES + 17, seededRandom(1)).fill(7, 1000, 2_000_000);
    for (const size of [0, 1, FRAME_CONTENT_BYTES, content.length]) {
      const { key } = await store.put(`size-${size}`, content.subarray(0, size), { compression: { codec: "zstd" } });
      const stored = await (await store.get(key)).bytes();
      execFileSync("zstd", ["-t", "-q", "-"], { input: stored });
      const decoded = execFileSync("zstd", ["-dc", "-q"], { input: stored, maxBuffer: 2 ** 26 });
      expect(Buffer.compare(decoded, content.subarray(0, size))).toBe(0);
    }
  });

  test.skipIf(!hasZstdTool)("what the zstd tool wrote as one frame is decoded, whole and by range", async () => {
    const content = randomBytes(3_000_000, seededRandom(2)).fill(1, 500_000);
    const store = createMemoryStore();
    await store.put("tool.zst", execFileSync("zstd", ["-c", "-q"], { input: content, maxBuffer: 2 ** 26 }));
    expect(Buffer.compare(await (await store.get("tool.zst", { decode: true })).bytes(), content)).toBe(0);
    const range = { start: 499_990, end: 500_100 };
    const part = await store.getRange("tool.zst", range, { decode: true });
    expect(Buffer.compare(part, content.subarray(range.start, range.end))).toBe(0);
    const last = await store.getRange("tool.zst", { suffix: 10 }, { decode: true });
    expect(Buffer.compare(last, content.subarray(-10))).toBe(0);
  });

  test("a cut anywhere, and a flipped bit anywhere, is noticed", async () => {
    const seed = Date.now() % 2 ** 32;
    const random = seededRandom(seed);
    const store = createMemoryStore();
    const content = randomBytes(50_000, random);
    const { key } = await store.put("x", content, { compression: { codec: "zstd" } });
    const stored = await (await store.get(key)).bytes();
    const frameBytes = stored.length - 29;
    for (let round = 0; round < 50; round++) {
      const cut = stored.subarray(0, 1 + random(frameBytes - 1));
      await expect(collect(decodeStream("zstd", inPieces(cut, 4096)), 0), `seed ${seed}`).rejects.toMatchObject({
        code: "ChecksumMismatch",
      });
      const flipped = stored.slice();
      const at = 6 + random(frameBytes - 6);
      flipped[at] = (flipped[at] as number) ^ (1 << random(8));
      await expect(
        collect(decodeStream("zstd", inPieces(flipped, 4096)), 0),
        `seed ${seed}, byte ${at}`,
      ).rejects.toMatchObject({ code: "ChecksumMismatch" });
    }
  });

  test("a frame that expands a thousandfold is decoded in bounded pieces", async () => {
    const store = createMemoryStore();
    const { key, storedSize } = await store.put("zeros", new Uint8Array(64 << 20), { compression: { codec: "zstd" } });
    expect(storedSize).toBeLessThan(64 << 10);
    let total = 0;
    for await (const chunk of await store.get(key, { decode: true })) {
      expect(chunk.byteLength).toBeLessThanOrEqual(1 << 20);
      total += chunk.byteLength;
    }
    expect(total).toBe(64 << 20);
  });
});

describe("the seek table", () => {
  test("locates exactly the frames that a range touches", () => {
    const builder = new SeekTableBuilder();
    for (let frame = 0; frame < 1000; frame++)
      builder.add({ storedBytes: 10 + frame, contentBytes: 100, checksum: frame });
    const encoded = builder.encode();
    expect(seekTableBytes(encoded.subarray(-9))).toBe(encoded.length);
    const storedBytes = encoded.length + Array.from({ length: 1000 }, (_, frame) => 10 + frame).reduce((a, b) => a + b);
    const table = SeekTable.parse(encoded, storedBytes);
    if (table === undefined) throw new Error("the table was not accepted");
    expect(table.contentBytes).toBe(100_000);
    expect(table.locate(0, 100)).toMatchObject({ storedStart: 0, storedEnd: 10, contentStart: 0 });
    expect(table.locate(99, 101)).toMatchObject({ storedStart: 0, storedEnd: 21, contentStart: 0 });
    expect(table.locate(100, 101)).toMatchObject({ storedStart: 10, storedEnd: 21, contentStart: 100 });
    expect(table.locate(99_800, 99_900)).toMatchObject({ first: 998, end: 999, contentStart: 99_800 });
  });

  test("locates the last frame together with the one before, and where the content ends the last frame", () => {
    const regular = new SeekTableBuilder();
    for (const contentBytes of [100, 100, 7]) regular.add({ storedBytes: 10, contentBytes, checksum: 0 });
    const table = SeekTable.parse(regular.encode(), regular.encode().length + 30);
    if (table === undefined) throw new Error("the table was not accepted");
    expect(table.contentBytes).toBe(207);
    expect(table.locate(205, 206)).toMatchObject({
      first: 1,
      end: 3,
      storedStart: 10,
      storedEnd: 30,
      contentStart: 100,
    });
    expect(table.locate(207, 207)).toMatchObject({ first: 1, end: 3 });
    expect(table.locate(50, 60)).toMatchObject({ first: 0, end: 1 });
    const irregular = new SeekTableBuilder();
    for (const contentBytes of [100, 99, 100]) irregular.add({ storedBytes: 10, contentBytes, checksum: 0 });
    const other = SeekTable.parse(irregular.encode(), irregular.encode().length + 30);
    expect(other?.locate(150, 160), "frames that differ").toMatchObject({ first: 0, end: 2, contentStart: 0 });
  });

  test("is not trusted if its sizes do not add up, or it is no table at all", () => {
    const builder = new SeekTableBuilder();
    builder.add({ storedBytes: 10, contentBytes: 100, checksum: 1 });
    const encoded = builder.encode();
    expect(SeekTable.parse(encoded, encoded.length + 11)).toBeUndefined();
    expect(seekTableBytes(new Uint8Array(9))).toBeUndefined();
    expect(seekTableBytes(encoded.subarray(-8))).toBeUndefined();
  });
});
