import assert from "node:assert/strict";
import { expectError, expectListed } from "../assertions.js";
import type { ConformanceCase, ConformanceContext } from "../conformance-case.js";
import { putAll } from "../writing.js";

const KEYS = ["a", "b/1", "b/2", "b/3", "c", "d/4", "d/5", "e"] as const;
const GROUPS = ["a", "b/", "c", "d/", "e"] as const;

/** L10 to L17: listing page by page. */
export const listPageCases: readonly ConformanceCase[] = [
  pageCase("L10", "pages of one entry lose and repeat nothing", 1),
  pageCase("L11", "pages of two entries lose and repeat nothing", 2),
  pageCase("L12", "pages of three entries lose and repeat nothing", 3),
  {
    id: "L13",
    name: "breaking out of a listing stops its requests",
    needs: ["listRequests"],
    run: async (context) => {
      const { store } = context;
      await putAll(store, KEYS);
      const whole = await requestsOf(context, () => expectListed(store, [...KEYS], { pageSize: 1 }));
      assert.ok(whole >= KEYS.length, `${whole} requests for ${KEYS.length} pages of one entry`);
      const first = await requestsOf(context, async () => {
        for await (const entry of store.list({ pageSize: 1 })) {
          assert.equal(entry.kind === "object" && entry.key, KEYS[0]);
          break;
        }
        // What a listing would fetch ahead is asked for by now: these calls come after it.
        for (const key of KEYS) await store.head(key);
      });
      assert.ok(first <= 2, `${first} requests for the first of ${KEYS.length} pages`);
    },
  },
  {
    id: "L14",
    name: "a page size that is no whole number from 1 to 1,000 is refused with InvalidArgument",
    needs: [],
    run: async ({ store }) => {
      for (const pageSize of [0, -1, 1.5, 1001, Number.NaN, "10" as unknown as number]) {
        await expectError("InvalidArgument", `pageSize ${pageSize}`, async () => {
          for await (const _ of store.list({ pageSize }));
        });
      }
      await expectListed(store, [], { pageSize: 1000 });
    },
  },
  {
    id: "L15",
    name: "an open writer is in no listing, nor is its folder",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      await store.put("visible", "x");
      const writers = await Promise.all(
        ["open", "folder/open", "folder/deep/open"].map((key) => store.createWriter(key)),
      );
      for (const writer of writers) await writer.writeChunk(random.bytes(partBytes + 1));
      await expectListed(store, ["visible"]);
      await expectListed(store, ["visible"], { delimiter: "/" });
      await expectListed(store, [], { prefix: "folder/", delimiter: "/" });
      await Promise.all(writers.map((writer) => writer.cancel()));
      await expectListed(store, ["visible"], { delimiter: "/" });
    },
  },
  {
    id: "L16",
    name: "a folder is in no listing once its last object is deleted",
    needs: [],
    run: async ({ store }) => {
      await putAll(store, ["a/b/c/1", "a/b/2"]);
      await store.delete("a/b/c/1");
      await expectListed(store, ["a/b/2"], { prefix: "a/b/", delimiter: "/" });
      await store.delete("a/b/2");
      await expectListed(store, [], { delimiter: "/" });
      await store.put("a", "an object where a folder was");
      await expectListed(store, ["a"], { delimiter: "/" });
    },
  },
  {
    id: "L17",
    name: "objects may be deleted while they are listed",
    needs: [],
    run: async ({ store }) => {
      await putAll(store, KEYS);
      const seen: string[] = [];
      for await (const entry of store.list({ pageSize: 2 })) {
        assert.ok(entry.kind === "object");
        seen.push(entry.key);
        await store.delete(entry.key);
      }
      assert.deepEqual(seen, KEYS);
      await expectListed(store, []);
    },
  },
];

function pageCase(id: string, name: string, pageSize: number): ConformanceCase {
  return {
    id,
    name,
    needs: [],
    run: async ({ store }) => {
      await putAll(store, KEYS);
      await expectListed(store, [...KEYS], { pageSize });
      await expectListed(store, [...GROUPS], { pageSize, delimiter: "/" });
      await expectListed(store, ["b/1", "b/2", "b/3"], { pageSize, prefix: "b/" });
      await expectListed(store, ["b/3", "c", "d/4", "d/5", "e"], { pageSize, startAfter: "b/2" });
    },
  };
}

async function requestsOf({ store, harness }: ConformanceContext, call: () => Promise<void>): Promise<number> {
  const before = harness.listRequests?.(store) ?? 0;
  await call();
  return (harness.listRequests?.(store) ?? 0) - before;
}
