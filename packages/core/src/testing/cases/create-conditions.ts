import assert from "node:assert/strict";
import { isObjectStoreError } from "../../errors.js";
import type { WriteResult } from "../../writer/object-writer.js";
import { expectBytes, expectError, expectListed, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { expectNothingLeft } from "../run-case.js";
import { feed } from "../writing.js";

const RACERS = 12;

/** C1 to C6: `ifNotExists`. */
export const createConditionCases: readonly ConformanceCase[] = [
  {
    id: "C1",
    name: "ifNotExists creates what does not exist, also after a delete",
    needs: ["ifNotExists"],
    run: async ({ store }) => {
      await store.put("object", "first", { ifNotExists: true });
      await store.delete("object");
      await store.put("object", "second", { ifNotExists: true });
      await expectObject(store, "object", "second");
    },
  },
  {
    id: "C2",
    name: "ifNotExists over an existing object is AlreadyExists and leaves it as it is",
    needs: ["ifNotExists"],
    run: async ({ store, partBytes, random }) => {
      const { etag } = await store.put("object", "old");
      for (const byteLength of [0, 10, partBytes + 1]) {
        await expectError("AlreadyExists", `put of ${byteLength} bytes`, () =>
          store.put("object", random.bytes(byteLength), { ifNotExists: true }),
        );
      }
      await expectObject(store, "object", "old");
      if (etag !== undefined) assert.equal((await store.head("object")).etag, etag);
    },
  },
  {
    id: "C3",
    name: `of ${RACERS} racing writers with ifNotExists one wins, and the others leave nothing`,
    needs: ["ifNotExists"],
    run: async ({ store, harness, partBytes, random }) => {
      const racers = await Promise.all(
        Array.from({ length: RACERS }, async (_, index) => {
          const bytes = random.bytes((index % 2) * partBytes + 10 + index);
          const writer = await store.createWriter("object", { ifNotExists: true });
          await feed(writer, [bytes]);
          return { bytes, writer };
        }),
      );
      const results = await Promise.allSettled(racers.map(({ writer }) => writer.finalize()));
      expectOneWinner(results);
      const winner = results.findIndex(({ status }) => status === "fulfilled");
      await expectObject(store, "object", racers[winner]?.bytes ?? "");
      await expectListed(store, ["object"]);
      await expectNothingLeft(store, harness);
    },
  },
  {
    id: "C4",
    name: "of racing puts with ifNotExists one wins",
    needs: ["ifNotExists"],
    run: async ({ store }) => {
      const contents = Array.from({ length: RACERS }, (_, index) => `racer ${index}`);
      const results = await Promise.allSettled(
        contents.map((content) => store.put("object", content, { ifNotExists: true })),
      );
      expectOneWinner(results);
      const winner = results.findIndex(({ status }) => status === "fulfilled");
      await expectObject(store, "object", contents[winner] ?? "");
    },
  },
  {
    id: "C5",
    name: "a writer that loses by its condition is failed and repeats its error",
    needs: ["ifNotExists"],
    run: async ({ store }) => {
      const writer = await store.createWriter("object", { ifNotExists: true });
      await writer.writeChunk(Buffer.from("loser"));
      await store.put("object", "winner");
      const first = await expectError("AlreadyExists", "finalize", () => writer.finalize());
      const second = await expectError("AlreadyExists", "finalize again", () => writer.finalize());
      assert.equal(second.message, first.message);
      assert.equal(writer.state, "failed");
      await writer.cancel();
      expectBytes(await (await store.get("object")).bytes(), Buffer.from("winner"), "the winner");
    },
  },
  {
    id: "C6",
    name: "a store without ifNotExists refuses it with Unsupported before anything is written",
    needs: ["no ifNotExists"],
    run: async ({ store }) => {
      await store.put("source", "x");
      const options = { ifNotExists: true };
      await expectError("Unsupported", "put", () => store.put("object", "x", options));
      await expectError("Unsupported", "createWriter", () => store.createWriter("object", options));
      await expectError("Unsupported", "copy", () => store.copy("source", "object", options));
      await expectError("Unsupported", "rename", () => store.rename("source", "object", options));
      await expectMissing(store, "object");
      await expectObject(store, "source", "x");
    },
  },
];

function expectOneWinner(results: readonly PromiseSettledResult<WriteResult>[]): void {
  for (const result of results) {
    if (result.status === "fulfilled") continue;
    if (!isObjectStoreError(result.reason, "AlreadyExists")) assert.fail(`a loser got ${String(result.reason)}`);
  }
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1, "winners");
}
