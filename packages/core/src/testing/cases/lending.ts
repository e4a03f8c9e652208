import assert from "node:assert/strict";
import { crc32c } from "../../checksum/crc32c.js";
import { expectBytes, expectError, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { joined } from "../sources.js";

/** R25 to R28: reads that use memory again. */
export const lendingCases: readonly ConformanceCase[] = [
  {
    id: "R25",
    name: "with lendChunks each chunk is right until the next one is asked for",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(4 * partBytes + 1);
      const { storedChecksum: verify } = await store.put("object", bytes);
      const { key: packed } = await store.put("object", bytes, { compression: { codec: "zstd" } });
      for (const object of [
        await store.get("object", { lendChunks: true, verify }),
        await store.get(packed, { lendChunks: true, decode: true }),
      ]) {
        let offset = 0;
        for await (const chunk of object) {
          expectBytes(chunk, bytes.subarray(offset, offset + chunk.byteLength), `the chunk at ${offset}`);
          offset += chunk.byteLength;
        }
        assert.equal(offset, bytes.byteLength, "bytes delivered");
      }
      await store.put("copy", await store.get("object", { lendChunks: true }));
      await expectObject(store, "copy", bytes);
    },
  },
  {
    id: "R26",
    name: "with lendChunks streams and buffers own what they deliver",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(4 * partBytes + 1);
      await store.put("object", bytes);
      const open = () => store.get("object", { lendChunks: true });
      expectBytes(await (await open()).bytes(), bytes, "bytes");
      expectBytes(await joined((await open()).toReadable()), bytes, "toReadable");
      const chunks: Uint8Array[] = [];
      for await (const chunk of (await open()).toWebReadable()) chunks.push(chunk);
      expectBytes(Buffer.concat(chunks), bytes, "toWebReadable");
    },
  },
  {
    id: "R27",
    name: "readInto fills the beginning of the caller's buffer",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes + 1);
      const target = new Uint8Array(bytes.byteLength + 3);
      const expectFilled = (filled: number, expected: Uint8Array, what: string): void => {
        assert.equal(filled, expected.byteLength, `${what} resolves with`);
        expectBytes(target.subarray(0, filled), expected, what);
        assert.ok(
          target.subarray(filled).every((byte) => byte === 7),
          `${what} wrote behind the object`,
        );
        target.fill(7);
      };
      target.fill(7);
      await store.put("object", bytes);
      expectFilled(await (await store.get("object")).readInto(target), bytes, "readInto");
      const verify = crc32c(bytes);
      expectFilled(await (await store.get("object", { verify })).readInto(target), bytes, "readInto with verify");
      const range = { start: 3, end: partBytes + 5 };
      const part = bytes.subarray(range.start, range.end);
      expectFilled(await (await store.get("object", { range })).readInto(target), part, "readInto of a range");
      await store.put("packed", bytes, { compression: { codec: "gzip", extension: "none" } });
      const decoded = await store.get("packed", { decode: "gzip" });
      expectFilled(await decoded.readInto(target), bytes, "readInto of decoded content");
      await store.put("empty", "");
      expectFilled(await (await store.get("empty")).readInto(target), new Uint8Array(0), "readInto of nothing");
      const wrong = crc32c(bytes.subarray(1));
      const damaged = await store.get("object", { verify: wrong });
      await expectError("ChecksumMismatch", "readInto of another object", () => damaged.readInto(target));
    },
  },
  {
    id: "R28",
    name: "readInto refuses a buffer that is too small, or none, with InvalidArgument, and the object can still be read",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "0123456789");
      const object = await store.get("object");
      for (const target of [new Uint8Array(9), new ArrayBuffer(20), [], undefined]) {
        await expectError("InvalidArgument", "readInto", () => object.readInto(target as Uint8Array));
      }
      assert.equal(await object.text(), "0123456789");
      await store.put("packed", "0123456789", { compression: { codec: "gzip", extension: "none" } });
      const decoded = await store.get("packed", { decode: "gzip" });
      await expectError("InvalidArgument", "readInto of decoded content", () => decoded.readInto(new Uint8Array(9)));
    },
  },
];
