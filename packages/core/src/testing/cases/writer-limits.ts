import assert from "node:assert/strict";
import { expectError, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { writeChunks } from "../writing.js";

/** W35 to W40: declared sizes, and writers that share a key. */
export const writerLimitCases: readonly ConformanceCase[] = [
  {
    id: "W35",
    name: "a declared size that is written exactly is accepted",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      for (const size of [0, 1, partBytes, 2 * partBytes + 1]) {
        const bytes = random.bytes(size);
        const result = await writeChunks(store, "object", random.chunksOf(bytes, partBytes), { size });
        assert.equal(result.size, size);
        await expectObject(store, "object", bytes);
      }
    },
  },
  {
    id: "W36",
    name: "fewer bytes than declared are refused at finalize, and nothing becomes visible",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      for (const size of [1, 11, partBytes + 1, 2 * partBytes + 2]) {
        const chunks = [random.bytes(size - 1)];
        await expectError("InvalidArgument", `declared ${size}`, () => writeChunks(store, "object", chunks, { size }));
        await expectMissing(store, "object");
      }
    },
  },
  {
    id: "W37",
    name: "more bytes than declared are refused by finalize at the latest, and the old object is intact",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      await store.put("object", "old");
      for (const size of [0, 10, partBytes, 2 * partBytes]) {
        const chunks = [random.bytes(size), random.bytes(1)];
        await expectError("InvalidArgument", `declared ${size}`, async () => {
          const writer = await store.createWriter("object", { size });
          try {
            for (const chunk of chunks) await writer.writeChunk(chunk);
            await writer.finalize();
          } finally {
            await writer.cancel();
          }
        });
        await expectObject(store, "object", "old");
      }
    },
  },
  {
    id: "W38",
    name: "a writer refused at finalize is failed and repeats its error",
    needs: [],
    run: async ({ store }) => {
      const writer = await store.createWriter("object", { size: 5 });
      const first = await expectError("InvalidArgument", "finalize", () => writer.finalize());
      assert.equal(writer.state, "failed");
      for (const call of [() => writer.finalize(), () => writer.writeChunk(new Uint8Array(5))]) {
        assert.equal((await expectError("InvalidArgument", "a call afterwards", call)).message, first.message);
      }
      await writer.cancel();
      await expectMissing(store, "object");
    },
  },
  {
    id: "W39",
    name: "two writers on one key do not mix: the one finalized last wins whole",
    needs: [],
    run: async ({ store, partBytes }) => {
      const first = await store.createWriter("object");
      const second = await store.createWriter("object");
      const ones = new Uint8Array(Math.ceil(partBytes / 2) + 1).fill(1);
      const twos = new Uint8Array(Math.ceil(partBytes / 2) + 2).fill(2);
      for (let round = 0; round < 4; round++) {
        await first.writeChunk(ones);
        await second.writeChunk(twos);
      }
      await second.finalize();
      await expectObject(store, "object", new Uint8Array(4 * twos.byteLength).fill(2));
      await first.finalize();
      await expectObject(store, "object", new Uint8Array(4 * ones.byteLength).fill(1));
    },
  },
  {
    id: "W40",
    name: "writers on one key that finalize at once leave one of their objects whole",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const contents = Array.from({ length: 6 }, (_, index) => random.bytes(100 + index * Math.ceil(partBytes / 2)));
      const results = await Promise.all(contents.map((content) => writeChunks(store, "object", [content])));
      const { size } = await store.head("object");
      const winner = results.findIndex((result) => result.size === size);
      await expectObject(store, "object", contents[winner] ?? "");
    },
  },
];
