import assert from "node:assert/strict";
import { isObjectStoreError } from "../../errors.js";
import { expectBytes, expectError, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

const DELETERS = 8;

/** C13 to C18: etags, and `ifMatch` of reads and deletes. */
export const readConditionCases: readonly ConformanceCase[] = [
  {
    id: "C13",
    name: "the etag changes when the content does, also at the same size",
    needs: [],
    run: async ({ store }) => {
      const etags = new Set<string>();
      for (const content of ["aaaa", "bbbb", "cccc", "dddd"]) {
        await store.put("object", content);
        etags.add((await store.head("object")).etag);
      }
      assert.equal(etags.size, 4, `etags: ${[...etags].join(" ")}`);
    },
  },
  {
    id: "C14",
    name: "reads with ifMatch deliver that version, or PreconditionFailed once it is replaced",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "old");
      const { etag: ifMatch } = await store.head("object");
      const range = { start: 0 };
      assert.equal(await (await store.get("object", { ifMatch })).text(), "old");
      expectBytes(await store.getRange("object", range, { ifMatch }), Buffer.from("old"), "getRange");
      expectBytes(
        (await store.getRanges("object", [range], { ifMatch }))[0] ?? Buffer.alloc(0),
        Buffer.from("old"),
        "getRanges",
      );
      await store.put("object", "new");
      await expectError("PreconditionFailed", "get", () => store.get("object", { ifMatch }));
      await expectError("PreconditionFailed", "getRange", () => store.getRange("object", range, { ifMatch }));
      await expectError("PreconditionFailed", "getRanges", () => store.getRanges("object", [range], { ifMatch }));
    },
  },
  {
    id: "C15",
    name: "a read with ifMatch of a deleted object is NotFound",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "old");
      const { etag: ifMatch } = await store.head("object");
      await store.delete("object");
      await expectError("NotFound", "get", () => store.get("object", { ifMatch }));
      await expectError("NotFound", "getRange", () => store.getRange("object", { start: 0 }, { ifMatch }));
    },
  },
  {
    id: "C16",
    name: "delete with ifMatch deletes that version alone",
    needs: ["ifMatch"],
    run: async ({ store }) => {
      await store.put("object", "old");
      const { etag: stale } = await store.head("object");
      await store.put("object", "new");
      await expectError("PreconditionFailed", "delete of a stale version", () =>
        store.delete("object", { ifMatch: stale }),
      );
      await expectObject(store, "object", "new");
      const { etag } = await store.head("object");
      await store.delete("object", { ifMatch: etag });
      await expectMissing(store, "object");
      await expectError("PreconditionFailed", "delete of a missing version", () =>
        store.delete("object", { ifMatch: etag }),
      );
    },
  },
  {
    id: "C17",
    name: `of ${DELETERS} racing replacements and deletes of one version one wins`,
    needs: ["ifMatch"],
    run: async ({ store }) => {
      await store.put("object", "old");
      const { etag: ifMatch } = await store.head("object");
      const calls = Array.from({ length: DELETERS }, (_, index) =>
        index % 2 === 0 ? store.delete("object", { ifMatch }) : store.put("object", `new ${index}`, { ifMatch }),
      );
      const results = await Promise.allSettled(calls);
      for (const result of results) {
        if (result.status === "fulfilled" || isObjectStoreError(result.reason, "PreconditionFailed")) continue;
        assert.fail(`a loser got ${String(result.reason)}`);
      }
      const winner = results.findIndex(({ status }) => status === "fulfilled");
      assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1, "winners");
      if (winner % 2 === 0) await expectMissing(store, "object");
      else await expectObject(store, "object", `new ${winner}`);
    },
  },
  {
    id: "C18",
    name: "the etags of list, head and get are the same and serve as ifMatch",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "content");
      const { etag } = await store.head("object");
      const opened = await store.get("object", { ifMatch: etag });
      assert.equal(opened.info.etag, etag);
      await opened.cancel();
      for await (const entry of store.list()) {
        assert.ok(entry.kind === "object");
        assert.equal(entry.etag, etag);
      }
    },
  },
];
