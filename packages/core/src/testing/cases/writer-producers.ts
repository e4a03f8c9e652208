import assert from "node:assert/strict";
import { Crc32c, crc32c } from "../../checksum/crc32c.js";
import { expectBytes, expectError, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

/** W41 to W44: content that is made where it will be stored, or has been hashed. */
export const writerProducerCases: readonly ConformanceCase[] = [
  {
    id: "W41",
    name: "writeFrom stores what its producer makes, in the room it is lent or elsewhere, in order with chunks",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(3 * partBytes + 77_777);
      const writer = await store.createWriter("object");
      let made = 0;
      const produce = (room: Uint8Array | undefined, maxBytes: number): Uint8Array => {
        const length = Math.min(maxBytes, random.integer(1, 70_000));
        const next = bytes.subarray(made, made + length);
        made += length;
        if (room === undefined || random.integer(0, 2) === 0) return next;
        room.set(next);
        return room.subarray(0, length);
      };
      const produced = 2 * partBytes + 12_345;
      const first = writer.writeFrom(produce, produced);
      const chunk = bytes.subarray(produced, produced + 1000);
      await Promise.all([first, writer.writeChunk(chunk)]);
      made += 1000;
      await writer.writeFrom(produce, bytes.byteLength - produced - 1000);
      await writer.finalize();
      await expectObject(store, "object", bytes);
    },
  },
  {
    id: "W42",
    name: "a producer that throws, or makes too much or nothing, fails the writer, and nothing becomes visible",
    needs: [],
    run: async ({ store }) => {
      const producers = [
        () => {
          throw new Error("no more");
        },
        () => new Uint8Array(0),
        (_room: Uint8Array | undefined, maxBytes: number) => new Uint8Array(maxBytes + 1),
      ];
      for (const produce of producers) {
        const writer = await store.createWriter("object");
        await expectError("Internal", "writeFrom", () => writer.writeFrom(produce, 100));
        await expectError("Internal", "finalize", () => writer.finalize());
        await writer.cancel();
      }
      await expectError("NotFound", "get", () => store.get("object"));
    },
  },
  {
    id: "W43",
    name: "writeHashed takes chunks of any size with their CRC-32C, in order with others, and the checksums are of all bytes",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(3 * partBytes + 12_345);
      for (const compression of ["none", { codec: "gzip", level: 1 }] as const) {
        const writer = await store.createWriter("object", { compression });
        const writes: Promise<void>[] = [];
        for (let offset = 0, next = 0; offset < bytes.byteLength; offset = next) {
          next = offset + random.integer(0, 2 * partBytes);
          const chunk = bytes.subarray(offset, next);
          const hashed = random.integer(0, 2) > 0;
          writes.push(hashed ? writer.writeHashed(chunk, new Crc32c().update(chunk).value) : writer.writeChunk(chunk));
        }
        await Promise.all(writes);
        const { key, checksum, storedChecksum } = await writer.finalize();
        assert.equal(checksum, crc32c(bytes));
        expectBytes(await (await store.get(key, { decode: true })).bytes(), bytes, "the content");
        assert.equal(storedChecksum, crc32c(await (await store.get(key)).bytes()));
      }
    },
  },
  {
    id: "W44",
    name: "writeHashed without a CRC-32C, or of what is no Uint8Array, is refused with InvalidArgument and enters nothing",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object");
      const one = new Uint8Array(1);
      for (const crc of [undefined, -1, 1.5, 2 ** 32, "crc32c:00000000"] as unknown as number[]) {
        await expectError("InvalidArgument", "writeHashed", () => writer.writeHashed(one, crc));
      }
      await expectError("InvalidArgument", "writeHashed", () => writer.writeHashed("x" as unknown as Uint8Array, 0));
      assert.equal((await writer.finalize()).size, 0);
    },
  },
];
