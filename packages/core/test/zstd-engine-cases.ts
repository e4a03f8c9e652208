import assert from "node:assert/strict";
import { unzstd } from "../src/compression/unzstd.js";
import type { ZstdEngine } from "../src/compression/zstd-engine.js";
import { isObjectStoreError } from "../src/errors.js";
import { seededRandom } from "./random.js";

/** What every zstd engine must do, as data: it runs under any Node, with vitest or without. */
export interface EngineCase {
  readonly name: string;
  readonly run: (engine: ZstdEngine) => Promise<void>;
}

const SEED = 12;
const TINY = ["", "a", "bc", "def", "the quick brown fox"].map((text) => Buffer.from(text));
const SKIPPABLE = Buffer.from("502a4d1803000000ffff00", "hex");
const EMPTY_SKIPPABLE = Buffer.from("5f2a4d1800000000", "hex");
const CHUNK_BYTES = [1, 2, 7, 1000, Number.POSITIVE_INFINITY];

export const engineCases: readonly EngineCase[] = [
  {
    name: "frames of every size round-trip, whatever chunks they come in",
    run: async (engine) => {
      for (const bytes of [0, 1, 2, 3, 4, 255, 256, 4_000, 65_536, 131_072, 131_073, 1 << 20]) {
        for (const content of [randomContent(bytes), Buffer.alloc(bytes, "sluice ")]) {
          const frame = await compress(engine, content);
          for (const chunkBytes of bytes > 10_000 ? CHUNK_BYTES.slice(3) : CHUNK_BYTES) {
            await expectContent(engine, frame, content, chunkBytes);
          }
        }
      }
    },
  },
  {
    name: "frames in a row are decoded all, also those of a few bytes, and skippable ones are passed over",
    run: async (engine) => {
      const frames = await tinyFrames(engine);
      const content = Buffer.concat(TINY);
      const between = frames.flatMap((frame) => [SKIPPABLE, frame, EMPTY_SKIPPABLE]);
      for (const row of [frames, between, [SKIPPABLE, ...frames], [...frames, EMPTY_SKIPPABLE, SKIPPABLE]]) {
        for (const chunkBytes of CHUNK_BYTES) await expectContent(engine, Buffer.concat(row), content, chunkBytes);
      }
      const many = Buffer.concat(Array.from({ length: 500 }, () => frames[1] as Buffer));
      await expectContent(engine, many, Buffer.alloc(500, "a"), 64);
      await expectContent(engine, SKIPPABLE, Buffer.alloc(0), 1);
    },
  },
  {
    name: "frames that say neither their content's size nor its checksum are decoded to their ends",
    run: async (engine) => {
      for (const blocks of [1, 2, 3, 16]) {
        const frame = rleFrame(blocks, 128 << 10);
        const content = Buffer.alloc(2 * blocks * (128 << 10), "z");
        for (const chunkBytes of CHUNK_BYTES) {
          await expectContent(engine, Buffer.concat([frame, frame]), content, chunkBytes);
        }
      }
    },
  },
  {
    name: "a cut at any byte is found, but for one between two frames",
    run: async (engine) => {
      const frames = [SKIPPABLE, ...(await tinyFrames(engine)), rleFrame(2, 100), SKIPPABLE];
      const stored = Buffer.concat(frames);
      const borders = frames.map((_, index) => Buffer.concat(frames.slice(0, index)).byteLength);
      for (let cut = 0; cut < stored.byteLength; cut++) {
        if (cut > 0 && borders.includes(cut)) await decode(engine, stored.subarray(0, cut), 3);
        else for (const chunkBytes of CHUNK_BYTES) await expectDamage(engine, stored.subarray(0, cut), chunkBytes);
      }
    },
  },
  {
    name: "a cut anywhere in a large frame is found",
    run: async (engine) => {
      const stored = await compress(engine, randomContent(400_000));
      for (const cut of [1, 5, 9, 1_000, 131_090, 200_000, stored.byteLength - 5, stored.byteLength - 1]) {
        for (const chunkBytes of CHUNK_BYTES.slice(3)) await expectDamage(engine, stored.subarray(0, cut), chunkBytes);
      }
    },
  },
  {
    name: "zero bytes are padding up to the end, and damage before and between frames",
    run: async (engine) => {
      const frames = await tinyFrames(engine);
      const stored = Buffer.concat(frames);
      for (const zeros of [1, 2, 3, 4, 5, 8, 512, 300_000]) {
        const padding = Buffer.alloc(zeros);
        for (const chunkBytes of CHUNK_BYTES.slice(zeros > 1000 ? 3 : 0)) {
          await expectContent(engine, Buffer.concat([stored, padding]), Buffer.concat(TINY), chunkBytes);
          await expectDamage(engine, Buffer.concat([padding, stored]), chunkBytes);
          await expectDamage(engine, padding, chunkBytes);
          for (const next of [...frames, SKIPPABLE, Buffer.from("x")]) {
            await expectDamage(engine, Buffer.concat([stored, padding, next]), chunkBytes);
          }
        }
      }
    },
  },
  {
    name: "whatever else stands behind a frame is damage",
    run: async (engine) => {
      const stored = Buffer.concat(await tinyFrames(engine));
      const gzip = "1f8b0800000000000003030000000000000000";
      for (const garbage of [
        "01",
        "28",
        "28b5",
        "28b52ffc",
        "27b52ffd",
        "502a4d",
        "402a4d1800000000",
        gzip,
        "ff".repeat(99),
      ]) {
        for (const chunkBytes of CHUNK_BYTES) {
          await expectDamage(engine, Buffer.concat([stored, Buffer.from(garbage, "hex")]), chunkBytes);
          await expectDamage(engine, Buffer.concat([Buffer.from(garbage, "hex"), stored]), chunkBytes);
        }
      }
    },
  },
  {
    name: "every flipped bit is found, or changes nothing",
    run: async (engine) => {
      const stored = Buffer.concat([...(await tinyFrames(engine)), await compress(engine, Buffer.alloc(300, "abcd"))]);
      const content = Buffer.concat([...TINY, Buffer.alloc(300, "abcd")]);
      let found = 0;
      for (let bit = 0; bit < stored.byteLength * 8; bit++) {
        const flipped = flipBit(stored, bit);
        for (const chunkBytes of [1, Number.POSITIVE_INFINITY]) {
          const decoded = await decode(engine, flipped, chunkBytes).catch((error: unknown) => {
            assert.ok(isObjectStoreError(error), `bit ${bit}: ${error}`);
            assert.ok(["ChecksumMismatch", "Unsupported"].includes(error.code), `bit ${bit}: ${error}`);
            return undefined;
          });
          if (decoded === undefined) found++;
          else assert.ok(decoded.equals(content), `bit ${bit}`);
        }
      }
      assert.ok(found > stored.byteLength * 8, `${found} found`);
    },
  },
  {
    name: "a frame with more or less content than it says is damage",
    run: async (engine) => {
      const frame = await compress(engine, Buffer.from("content"));
      assert.equal(frame.toString("hex", 4, 6), "2407");
      for (const declared of [0, 6, 8, 255]) {
        const lying = Buffer.from(frame);
        lying[5] = declared;
        for (const chunkBytes of CHUNK_BYTES) await expectDamage(engine, lying, chunkBytes);
      }
    },
  },
  {
    name: "reserved bits and blocks are damage; dictionaries and huge windows Unsupported, before memory is taken",
    run: async (engine) => {
      for (const hex of [
        "28b52ffd08580100",
        "28b52ffd005807000061",
        "28b52ffd0058ffff1f61",
        "1eb52ffd0000",
        "25b52ffd0000",
      ]) {
        for (const chunkBytes of CHUNK_BYTES) await expectDamage(engine, Buffer.from(hex, "hex"), chunkBytes);
      }
      const dictionary = ["28b52ffd01580109000061", "28b52ffd03580000000109000061", "28b52ffd2201000109000061"];
      const window = ["28b52ffd008909000061", "28b52ffd00ff09000061", "28b52ffde0ffffffffffffffff09000061"];
      for (const hex of [...dictionary, ...window]) {
        for (const chunkBytes of CHUNK_BYTES)
          await expectError(engine, Buffer.from(hex, "hex"), chunkBytes, "Unsupported");
      }
      await expectContent(engine, Buffer.from("28b52ffd008809000061", "hex"), Buffer.from("a"), 1);
      await expectContent(engine, Buffer.from("28b52ffd01580009000061", "hex"), Buffer.from("a"), 1);
    },
  },
  {
    name: "chunks that are lent may be overwritten once the next one is asked for, and an error of the source passes through",
    run: async (engine) => {
      const content = randomContent(300_000);
      const frames = [await compress(engine, content), await compress(engine, Buffer.alloc(300_000))];
      const decoded: Buffer[] = [];
      for await (const chunk of unzstd(lent(Buffer.concat(frames), 10_000), engine, { lendChunks: true })) {
        decoded.push(Buffer.from(chunk));
      }
      assert.ok(Buffer.concat(decoded).equals(Buffer.concat([content, Buffer.alloc(300_000)])));
      const failure = new Error("the source failed");
      await assert.rejects(async () => {
        for await (const _ of unzstd(failing(frames[0] as Buffer, failure), engine, {}));
      }, failure);
    },
  },
  {
    name: "a reader that stops early releases the source, and memory stays bounded whatever a frame expands to",
    run: async (engine) => {
      let isReleased = false;
      async function* source(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) yield rleFrame(8000, 128 << 10);
        } finally {
          isReleased = true;
        }
      }
      let bytes = 0;
      for await (const chunk of unzstd(source(), engine, {})) {
        assert.ok(chunk.byteLength <= 1 << 20);
        bytes += chunk.byteLength;
        if (bytes > 8 << 20) break;
      }
      assert.ok(isReleased);
    },
  },
];

async function compress(engine: ZstdEngine, content: Uint8Array): Promise<Buffer> {
  return Buffer.from(await engine.frameCompressor(3)(content));
}

async function tinyFrames(engine: ZstdEngine): Promise<Buffer[]> {
  const compressOne = engine.frameCompressor(3);
  const frames: Buffer[] = [];
  for (const content of TINY) frames.push(Buffer.from(await compressOne(content)));
  return frames;
}

/** A frame with a window of 2 MiB, no content size and no checksum, of blocks that repeat "z" (RFC 8878, 3.1.1.2). */
function rleFrame(blocks: number, contentBytes: number): Buffer {
  const block = (isLast: boolean): Buffer => {
    const bytes = Buffer.alloc(4, "z");
    bytes.writeUIntLE(contentBytes * 8 + 2 + (isLast ? 1 : 0), 0, 3);
    return bytes;
  };
  const all = Array.from({ length: blocks }, (_, index) => block(index === blocks - 1));
  return Buffer.concat([Buffer.from("28b52ffd0058", "hex"), ...all]);
}

export function randomContent(bytes: number): Buffer {
  const random = seededRandom(SEED);
  return Buffer.from(Uint8Array.from({ length: bytes }, () => random(256)));
}

export function flipBit(bytes: Uint8Array, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
  return flipped;
}

export async function* inPieces(data: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < data.byteLength; offset += pieceBytes) yield data.subarray(offset, offset + pieceBytes);
}

async function* lent(data: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  const memory = new Uint8Array(pieceBytes);
  for await (const piece of inPieces(data, pieceBytes)) {
    memory.set(piece);
    yield memory.subarray(0, piece.byteLength);
    memory.fill(0xee);
  }
}

async function* failing(data: Uint8Array, failure: Error): AsyncGenerator<Uint8Array> {
  yield data.subarray(0, 1000);
  throw failure;
}

async function decode(engine: ZstdEngine, stored: Uint8Array, chunkBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of unzstd(inPieces(stored, chunkBytes), engine, {})) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function expectContent(
  engine: ZstdEngine,
  stored: Uint8Array,
  content: Buffer,
  chunkBytes: number,
): Promise<void> {
  const decoded = await decode(engine, stored, chunkBytes);
  assert.ok(
    decoded.equals(content),
    `${decoded.byteLength} of ${content.byteLength} bytes, in chunks of ${chunkBytes}`,
  );
}

function expectDamage(engine: ZstdEngine, stored: Uint8Array, chunkBytes: number): Promise<void> {
  return expectError(engine, stored, chunkBytes, "ChecksumMismatch");
}

async function expectError(engine: ZstdEngine, stored: Uint8Array, chunkBytes: number, code: string): Promise<void> {
  const of = `${stored.byteLength} bytes from ${Buffer.from(stored.subarray(0, 12)).toString("hex")} in ${chunkBytes}`;
  const outcome = await decode(engine, stored, chunkBytes).then(
    (decoded) => `${decoded.byteLength} bytes`,
    (error: unknown) => (isObjectStoreError(error) ? error.code : String(error)),
  );
  assert.equal(outcome, code, of);
}
