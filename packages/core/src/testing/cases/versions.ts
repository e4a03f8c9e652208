import assert from "node:assert/strict";
import type { ErrorCode } from "../../errors.js";
import { isObjectStoreError } from "../../errors.js";
import { expectBytes, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

/** What a read may end in when its object is replaced or deleted meanwhile. */
const VERSION_GONE: readonly ErrorCode[] = ["PreconditionFailed", "NotFound", "ChecksumMismatch"];

const ROUNDS = 10;

/** R21 to R24: versions are never mixed. */
export const versionCases: readonly ConformanceCase[] = [
  {
    id: "R21",
    name: "a read during an overwrite delivers the old version or fails, and never mixes",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const old = random.bytes(4 * Math.max(partBytes, 1 << 20));
      await store.put("object", old);
      const iterator = (await store.get("object"))[Symbol.asyncIterator]();
      const chunks: Uint8Array[] = [];
      await collectOrGone(async () => {
        const first = await iterator.next();
        assert.equal(first.done ?? false, false, "an object with content ended at once");
        chunks.push(first.value);
        await store.put("object", random.bytes(old.byteLength));
        for (let next = await iterator.next(); !next.done; next = await iterator.next()) chunks.push(next.value);
        expectBytes(Buffer.concat(chunks), old, "the version opened");
      });
      const read = Buffer.concat(chunks);
      expectBytes(read, old.subarray(0, read.byteLength), "what was delivered of the version opened");
    },
  },
  {
    id: "R22",
    name: "a read during a delete delivers the object or fails, and never ends early as whole",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(4 * Math.max(partBytes, 1 << 20));
      await store.put("object", bytes);
      const object = await store.get("object");
      await store.delete("object");
      await collectOrGone(async () => expectBytes(await object.bytes(), bytes, "the object opened"));
    },
  },
  {
    id: "R23",
    name: "getRanges during overwrites delivers ranges of one version",
    needs: [],
    run: async ({ store, partBytes }) => {
      const byteLength = 2 * partBytes + 2;
      const ranges = [0, 1, 2].map((part) => ({ start: part * partBytes, end: part * partBytes + 2 }));
      await store.put("object", new Uint8Array(byteLength));
      for (let round = 1; round <= ROUNDS; round++) {
        const reading = collectOrGone(async () => {
          const bytes = Buffer.concat(await store.getRanges("object", ranges, { coalesceGapBytes: 0 }));
          assert.equal(bytes.byteLength, 6, "bytes of three ranges");
          assert.equal(new Set(bytes).size, 1, `a mix of versions: ${bytes.toString("hex")}`);
        });
        await Promise.all([reading, store.put("object", new Uint8Array(byteLength).fill(round))]);
      }
    },
  },
  {
    id: "R24",
    name: "a write is seen at once by every way to read",
    needs: [],
    run: async ({ store }) => {
      for (let round = 0; round < ROUNDS; round++) {
        const { etag } = await store.put("object", `round ${round}`);
        await expectObject(store, "object", `round ${round}`);
        if (etag !== undefined) assert.equal((await store.head("object")).etag, etag);
        await store.delete("object");
        assert.equal(await store.exists("object"), false);
      }
    },
  },
];

/** Runs a read whose version may be gone by the time it ends. */
async function collectOrGone(read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (isObjectStoreError(error) && VERSION_GONE.includes(error.code)) return;
    throw error;
  }
}
