import assert from "node:assert/strict";
import { expectListed, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { expectNothingLeft } from "../run-case.js";

/** W24 to W26: nothing is left natively. */
export const writerLeftoverCases: readonly ConformanceCase[] = [
  {
    id: "W24",
    name: "nothing is left natively of a cancelled, an aborted and a disposed writer, with and without parts",
    needs: ["leftovers"],
    run: async ({ store, harness, partBytes, random }) => {
      for (const byteLength of [0, 1, 2 * partBytes + 1]) {
        const controller = new AbortController();
        const cancelled = await store.createWriter("folder/cancelled");
        const disposed = await store.createWriter("folder/disposed");
        const aborted = await store.createWriter("other/aborted", { signal: controller.signal });
        await Promise.all([cancelled, disposed, aborted].map((writer) => writer.writeChunk(random.bytes(byteLength))));
        controller.abort();
        await Promise.all([cancelled.cancel(), disposed[Symbol.asyncDispose](), aborted.cancel()]);
        await expectNothingLeft(store, harness);
        await expectListed(store, []);
      }
    },
  },
  {
    id: "W25",
    name: "nothing is left natively beside a finalized object",
    needs: ["leftovers"],
    run: async ({ store, harness, partBytes, random }) => {
      for (const byteLength of [0, 1, partBytes, 2 * partBytes + 1]) {
        await store.put("folder/object", random.bytes(byteLength));
        await expectNothingLeft(store, harness);
      }
    },
  },
  {
    id: "W26",
    name: "sweepStaleUploads leaves running writers alone, and a dry run removes nothing",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes + 1);
      const writer = await store.createWriter("object");
      await writer.writeChunk(bytes.subarray(0, partBytes + 1));
      assert.deepEqual(await store.sweepStaleUploads(), []);
      await store.sweepStaleUploads({ olderThanMs: 0, dryRun: true });
      await writer.writeChunk(bytes.subarray(partBytes + 1));
      await writer.finalize();
      await store.sweepStaleUploads({ olderThanMs: 0 });
      await expectObject(store, "object", bytes);
    },
  },
];
