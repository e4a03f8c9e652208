import assert from "node:assert/strict";
import { Crc32c, crc32c } from "../../checksum/crc32c.js";
import type { Codec } from "../../compression/codec.js";
import type { ConformanceCase } from "../conformance-case.js";
import { writeChunks } from "../writing.js";

/** RFC 3720, appendix B.4, and the check value of the CRC catalogue; in IEEE CRC-32 "123456789" would be cbf43926. */
const VECTORS: readonly (readonly [content: Uint8Array, hex: string])[] = [
  [Buffer.from(""), "00000000"],
  [Buffer.from("123456789"), "e3069283"],
  [new Uint8Array(32), "8a9136aa"],
  [new Uint8Array(32).fill(0xff), "62a8ab43"],
  [Uint8Array.from({ length: 32 }, (_, index) => index), "46dd794e"],
  [Uint8Array.from({ length: 32 }, (_, index) => 31 - index), "113fdb5c"],
];

/** H1 to H7: the checksums of what is written. */
export const checksumCases: readonly ConformanceCase[] = [
  {
    id: "H1",
    name: "checksums are CRC-32C: the published vectors",
    needs: [],
    run: async ({ store }) => {
      for (const [content, hex] of VECTORS) {
        const result = await store.put("object", content);
        assert.equal(result.checksum, `crc32c:${hex}`);
        assert.equal(result.storedChecksum, `crc32c:${hex}`);
        assert.equal(crc32c(content), `crc32c:${hex}`);
      }
    },
  },
  {
    id: "H2",
    name: "checksums of parts combine to the checksum of the whole",
    needs: [],
    run: async ({ random }) => {
      for (let round = 0; round < 20; round++) {
        const bytes = random.bytes(random.integer(0, 5000));
        const cut = random.integer(0, bytes.byteLength);
        const first = new Crc32c().update(bytes.subarray(0, cut));
        const second = new Crc32c().update(bytes.subarray(cut));
        const whole = new Crc32c().update(bytes);
        assert.equal(Crc32c.combine(first.value, second.value, second.byteLength), whole.value, `cut at ${cut}`);
      }
    },
  },
  {
    id: "H3",
    name: "the checksum is the same for every chunking",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes + 17);
      const expected = crc32c(bytes);
      for (const chunkBytes of [1000, 65_536, partBytes - 1, partBytes, partBytes + 1, bytes.byteLength]) {
        const chunks = random.chunksOf(bytes, chunkBytes);
        const { checksum, storedChecksum } = await writeChunks(store, "object", chunks);
        assert.deepEqual([checksum, storedChecksum], [expected, expected], `chunks of up to ${chunkBytes} bytes`);
      }
    },
  },
  storedCase("H4", "zstd"),
  storedCase("H5", "gzip"),
  {
    id: "H6",
    name: "with readback the stored bytes have been compared, by the server or by reading them",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      for (const byteLength of [0, 10, 2 * partBytes + 1]) {
        const result = await store.put("object", random.bytes(byteLength), { readback: true });
        assert.ok(["server", "readback"].includes(result.verifiedBy), `verifiedBy is ${result.verifiedBy}`);
      }
    },
  },
  {
    id: "H7",
    name: "the checksum of a copy is that of its source",
    needs: [],
    run: async ({ store, random }) => {
      const { checksum } = await store.put("source", random.bytes(10_000));
      const info = await store.copy("source", "target");
      assert.ok([undefined, checksum].includes(info.checksum), `checksum ${info.checksum}`);
      assert.equal(crc32c(await (await store.get("target", { verify: checksum })).bytes()), checksum);
    },
  },
];

function storedCase(id: string, codec: Codec): ConformanceCase {
  return {
    id,
    name: `with ${codec}, checksum is that of the content and storedChecksum that of the stored bytes`,
    needs: [],
    run: async ({ store, partBytes, random }) => {
      for (const byteLength of [0, 1000, 2 * partBytes + 1]) {
        const bytes = random.compressibleBytes(byteLength);
        const result = await store.put("object", bytes, { compression: { codec } });
        const stored = await (await store.get(result.key)).bytes();
        assert.equal(result.checksum, crc32c(bytes));
        assert.equal(result.storedChecksum, crc32c(stored));
        assert.deepEqual([result.size, result.storedSize], [byteLength, stored.byteLength]);
        const info = await store.head(result.key);
        assert.ok([undefined, result.checksum].includes(info.checksum), "checksum of head");
        assert.ok([undefined, result.storedChecksum].includes(info.storedChecksum), "storedChecksum of head");
      }
    },
  };
}
