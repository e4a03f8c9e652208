import assert from "node:assert/strict";
import { expectListed, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { abortedWriter, feed } from "../writing.js";

/** W18 to W23: nothing before finalize, all of it after, and nothing of what was given up. */
export const writerVisibilityCases: readonly ConformanceCase[] = [
  {
    id: "W18",
    name: "nothing is visible before finalize, however much was written",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes + 1);
      const writer = await store.createWriter("object");
      await expectMissing(store, "object");
      for (const chunk of [bytes.subarray(0, 10), bytes.subarray(10, partBytes), bytes.subarray(partBytes)]) {
        await writer.writeChunk(chunk);
        await expectMissing(store, "object");
      }
      await writer.finalize();
      await expectObject(store, "object", bytes);
    },
  },
  {
    id: "W19",
    name: "the old object is intact and readable until finalize",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      await store.put("object", "old");
      const bytes = random.bytes(2 * partBytes + 1);
      const writer = await store.createWriter("object");
      await writer.writeChunk(bytes);
      await expectObject(store, "object", "old");
      await expectListed(store, ["object"]);
      await writer.finalize();
      await expectObject(store, "object", bytes);
    },
  },
  {
    id: "W20",
    name: "cancel leaves the old object as it was",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const { etag } = await store.put("object", "old");
      for (const byteLength of [0, 1, 2 * partBytes + 1]) {
        const writer = await store.createWriter("object");
        await writer.writeChunk(random.bytes(byteLength));
        await writer.cancel();
        await expectObject(store, "object", "old");
      }
      if (etag !== undefined) assert.equal((await store.head("object")).etag, etag);
    },
  },
  {
    id: "W21",
    name: "cancelling some of many concurrent writers leaves the others whole",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const objects = Array.from({ length: 8 }, (_, index) => ({
        key: `folder/${index}`,
        isKept: index % 3 === 0,
        bytes: random.bytes(index * 1000 + (index % 2) * partBytes),
      }));
      const ends = objects.map(async ({ key, isKept, bytes }) => {
        const writer = await store.createWriter(key);
        await feed(writer, random.chunksOf(bytes, 40_000));
        await (isKept ? writer.finalize() : writer.cancel());
      });
      await Promise.all(ends);
      const kept = objects.filter(({ isKept }) => isKept);
      await expectListed(
        store,
        kept.map(({ key }) => key),
      );
      for (const { key, bytes } of kept) await expectObject(store, key, bytes);
    },
  },
  {
    id: "W22",
    name: "cancel while chunks are still being written stops them and leaves nothing",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const chunk = random.bytes(partBytes);
      const writer = await store.createWriter("object");
      const writes = Array.from({ length: 6 }, () => writer.writeChunk(chunk));
      const settled = Promise.allSettled(writes);
      await writer.cancel();
      await settled;
      assert.equal(writer.state, "cancelled");
      await expectMissing(store, "object");
    },
  },
  {
    id: "W23",
    name: "a key can be written again after a cancel and after a failure",
    needs: [],
    run: async ({ store }) => {
      const first = await store.createWriter("folder/object");
      await first.cancel();
      await (await abortedWriter(store, "folder/object")).writer.cancel();
      await store.put("folder/object", "third");
      await expectObject(store, "folder/object", "third");
    },
  },
];
