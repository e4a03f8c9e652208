import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import type { Codec, CompressionOptions } from "../../compression/codec.js";
import { expectBytes, expectError, expectListed, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { writeChunks } from "../writing.js";

const FRAME_BYTES = 1 << 20;
/** The magic number of a zstd frame (RFC 8878, section 3.1.1) and that of the seekable format's footer, as stored. */
const ZSTD_MAGIC = "28b52ffd";
const SEEKABLE_MAGIC = "b1ea928f";

/** Z1 to Z9: what is written with compression. */
export const compressCases: readonly ConformanceCase[] = [
  roundTripCase("Z1", "zstd"),
  roundTripCase("Z2", "gzip"),
  {
    id: "Z3",
    name: "the key gains the codec's extension, not twice, and none if none is wanted",
    needs: [],
    run: async ({ store }) => {
      const expected: readonly (readonly [string, CompressionOptions, string])[] = [
        ["a", { codec: "zstd" }, "a.zst"],
        ["b.zst", { codec: "zstd" }, "b.zst"],
        ["c.gz", { codec: "zstd" }, "c.gz.zst"],
        ["d", { codec: "gzip" }, "d.gz"],
        ["e.gz", { codec: "gzip" }, "e.gz"],
        ["f", { codec: "gzip", extension: "none" }, "f"],
        ["g", { codec: "zstd", extension: "none" }, "g"],
      ];
      for (const [key, compression, finalKey] of expected) {
        const writer = await store.createWriter(key, { compression });
        assert.deepEqual([writer.key, writer.uri], [finalKey, store.uriOf(finalKey)]);
        const result = await writer.finalize();
        assert.deepEqual([result.key, result.uri], [finalKey, store.uriOf(finalKey)]);
      }
      await expectListed(
        store,
        expected.map(([, , finalKey]) => finalKey),
      );
    },
  },
  {
    id: "Z4",
    name: "compressible content becomes smaller, and the writer tells by how much",
    needs: [],
    run: async ({ store, random }) => {
      const bytes = random.compressibleBytes(3 * FRAME_BYTES);
      for (const codec of ["zstd", "gzip"] as const) {
        const writer = await store.createWriter("object", { compression: { codec } });
        assert.deepEqual([writer.bytesWritten, writer.compressedBytes, writer.compressionRatio], [0, 0, 1]);
        assert.equal(writer.compression !== "none" && writer.compression.codec, codec);
        await writer.writeChunk(bytes);
        const { size, storedSize } = await writer.finalize();
        assert.deepEqual([size, writer.bytesWritten], [bytes.byteLength, bytes.byteLength]);
        assert.deepEqual([storedSize, writer.compressionRatio], [writer.compressedBytes, storedSize / size]);
        assert.ok(storedSize < 0.7 * size, `${codec}: ${storedSize} of ${size}`);
      }
    },
  },
  {
    id: "Z5",
    name: "gzip objects are gzip to any other tool",
    needs: [],
    run: async ({ store, random }) => {
      for (const byteLength of [0, 1, 2 * FRAME_BYTES + 1]) {
        const bytes = random.compressibleBytes(byteLength);
        await store.put("object", bytes, { compression: { codec: "gzip" } });
        expectBytes(gunzipSync(await (await store.get("object.gz")).bytes()), bytes, "gunzip");
      }
    },
  },
  {
    id: "Z6",
    name: "zstd objects are zstd frames closed by a seek table",
    needs: [],
    run: async ({ store, random }) => {
      for (const byteLength of [0, 1, 2 * FRAME_BYTES + 1]) {
        await store.put("object", random.compressibleBytes(byteLength), { compression: { codec: "zstd" } });
        const stored = Buffer.from(await (await store.get("object.zst")).bytes());
        assert.equal(stored.toString("hex", 0, 4), ZSTD_MAGIC);
        assert.equal(stored.toString("hex", stored.byteLength - 4), SEEKABLE_MAGIC);
        const frames = stored.readUInt32LE(stored.byteLength - 9);
        assert.equal(frames, Math.max(1, Math.ceil(byteLength / FRAME_BYTES)), "frames in the seek table");
      }
    },
  },
  {
    id: "Z7",
    name: "a declared size is the content's, and a wrong one is refused",
    needs: [],
    run: async ({ store, random }) => {
      const bytes = random.compressibleBytes(100_000);
      for (const codec of ["zstd", "gzip"] as const) {
        await writeChunks(store, "object", [bytes], { compression: { codec }, size: bytes.byteLength });
        const options = { compression: { codec }, size: bytes.byteLength + 1 };
        await expectError("InvalidArgument", codec, () => writeChunks(store, "wrong", [bytes], options));
      }
      await expectListed(store, ["object.gz", "object.zst"]);
    },
  },
  {
    id: "Z8",
    name: "conditions and visibility are those of the final key",
    needs: ["ifNotExists"],
    run: async ({ store }) => {
      const options = { compression: { codec: "gzip" }, ifNotExists: true } as const;
      await store.put("object", "uncompressed");
      await store.put("object", "first", options);
      await expectError("AlreadyExists", "the second put", () => store.put("object", "second", options));
      await expectObject(store, "object", "uncompressed");
      assert.equal(await (await store.get("object.gz", { decode: true })).text(), "first");
    },
  },
  {
    id: "Z9",
    name: "a cancelled compressed writer leaves nothing",
    needs: [],
    run: async ({ store, random }) => {
      for (const codec of ["zstd", "gzip"] as const) {
        const writer = await store.createWriter("object", { compression: { codec } });
        await writer.writeChunk(random.bytes(2 * FRAME_BYTES + 1));
        await writer.cancel();
        await expectMissing(store, writer.key);
        await expectListed(store, []);
      }
    },
  },
];

function roundTripCase(id: string, codec: Codec): ConformanceCase {
  return {
    id,
    name: `${codec}: content of every size round-trips, empty content too`,
    needs: [],
    run: async ({ store, partBytes, random }) => {
      for (const byteLength of [0, 1, 1000, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * partBytes + 3]) {
        for (const bytes of [random.compressibleBytes(byteLength), random.bytes(byteLength)]) {
          const chunks = random.chunksOf(bytes, 300_000);
          const { key } = await writeChunks(store, "object", chunks, { compression: { codec } });
          const decoded = await (await store.get(key, { decode: true })).bytes();
          expectBytes(decoded, bytes, `${byteLength} bytes`);
        }
      }
    },
  };
}
