import assert from "node:assert/strict";
import { isObjectStoreError } from "../../errors.js";
import type { ObjectStore } from "../../store.js";
import { expectError, expectListed, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

const RACERS = 6;
const MOVES = 20;

/** X6 to X12: rename, and what copy and rename have in common. */
export const renameCases: readonly ConformanceCase[] = [
  {
    id: "X6",
    name: "rename moves the object",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      for (const byteLength of [0, 10, 2 * partBytes + 1]) {
        const bytes = random.bytes(byteLength);
        await store.put("folder/source", bytes);
        const info = await store.rename("folder/source", "other/target");
        assert.deepEqual([info.key, info.size], ["other/target", byteLength]);
        await expectMissing(store, "folder/source");
        await expectObject(store, "other/target", bytes);
      }
      await expectListed(store, ["other/"], { delimiter: "/" });
    },
  },
  {
    id: "X7",
    name: "rename replaces an existing target",
    needs: [],
    run: async ({ store }) => {
      await store.put("source", "new");
      await store.put("target", "a longer old object");
      await store.rename("source", "target");
      await expectObject(store, "target", "new");
      await expectListed(store, ["target"]);
    },
  },
  {
    id: "X8",
    name: "rename with ifNotExists over an existing target is AlreadyExists and leaves both",
    needs: ["ifNotExists"],
    run: async ({ store }) => {
      await store.put("source", "new");
      await store.put("target", "old");
      await expectError("AlreadyExists", "rename", () => store.rename("source", "target", { ifNotExists: true }));
      await expectObject(store, "source", "new");
      await expectObject(store, "target", "old");
      await store.rename("source", "free", { ifNotExists: true });
      await expectListed(store, ["free", "target"]);
    },
  },
  {
    id: "X9",
    name: `of ${RACERS} racing copies and renames with ifNotExists one wins`,
    needs: ["ifNotExists"],
    run: async ({ store }) => {
      const sources = Array.from({ length: RACERS }, (_, index) => `source-${index}`);
      await Promise.all(sources.map((source) => store.put(source, source)));
      const results = await Promise.allSettled(
        sources.map((source, index) =>
          index % 2 === 0
            ? store.copy(source, "target", { ifNotExists: true })
            : store.rename(source, "target", { ifNotExists: true }),
        ),
      );
      const winner = results.findIndex(({ status }) => status === "fulfilled");
      for (const [index, result] of results.entries()) {
        if (index === winner) continue;
        assert.ok(result.status === "rejected", "there is a second winner");
        if (!isObjectStoreError(result.reason, "AlreadyExists")) assert.fail(`a loser got ${String(result.reason)}`);
        await expectObject(store, `source-${index}`, `source-${index}`);
      }
      await expectObject(store, "target", `source-${winner}`);
    },
  },
  {
    id: "X10",
    name: "while a rename is under way, the object is at one of its keys, and never at both",
    needs: ["atomicRename"],
    run: async ({ store }) => {
      await store.put("0", "content");
      for (let move = 0; move < MOVES; move++) {
        const [source, target] = [String(move), String(move + 1)];
        await Promise.all([store.rename(source, target), expectAtOneKey(store, source, target)]);
      }
      await expectListed(store, [String(MOVES)]);
    },
  },
  {
    id: "X11",
    name: "copy and rename keep contentType and metadata",
    needs: ["metadata"],
    run: async ({ store }) => {
      const facts = { contentType: "text/plain", metadata: { step: "7" } };
      await store.put("source", "content", facts);
      await store.copy("source", "copied");
      await store.rename("source", "renamed");
      for (const key of ["copied", "renamed"]) {
        const { contentType, metadata } = await store.head(key);
        assert.deepEqual({ contentType, metadata: { ...metadata } }, facts);
      }
    },
  },
  {
    id: "X12",
    name: "a compressed object is copied as it is stored",
    needs: [],
    run: async ({ store, random }) => {
      const bytes = random.compressibleBytes(10_000);
      await store.put("source", bytes, { compression: { codec: "gzip" } });
      await store.copy("source.gz", "target.gz");
      await expectObject(store, "target.gz", await (await store.get("source.gz")).bytes());
    },
  },
];

/** Looks twice, each time in the order in which an atomic rename from source to target cannot deceive it. */
async function expectAtOneKey(store: ObjectStore, source: string, target: string): Promise<void> {
  assert.ok((await store.exists(source)) || (await store.exists(target)), "at neither key");
  assert.ok(!(await store.exists(target)) || !(await store.exists(source)), "at both keys");
}
