import assert from "node:assert/strict";
import type { ErrorCode } from "../../errors.js";
import type { ObjectStore } from "../../store.js";
import { expectBytes, expectError, expectListed, expectMissing, expectObject, listed } from "../assertions.js";
import type { ConformanceCase, ConformanceContext } from "../conformance-case.js";
import type { Answer } from "../fault-proxy/answer.js";
import type { HostileStore } from "../hostile-store.js";
import { CONTENT_RANGES, cut, halved, strangers, withBody, withContentRange } from "../untrue-answers.js";
import { putAll } from "../writing.js";

/** What such an answer may become: it is not the service's, and may be next time. */
const NOT_THE_SERVICE: ErrorCode = "Unavailable";

/** N1 to N7: what comes back over a network is a claim. */
export const answerCases: readonly ConformanceCase[] = [
  hostileCase("N1", "what is not the service's answer to a put is no success", async ({ store: truth }, hostile) => {
    await truth.put("old", "old");
    for (const [what, stranger] of strangers()) {
      // Who asks afterwards what became of the put is told the truth.
      hostile.answer((request) => (/^(PUT|POST)$/.test(request.method) ? stranger(request) : undefined));
      await expectError(NOT_THE_SERVICE, `put answered with ${what}`, () => hostile.store.put("new", "new"));
      await expectError(NOT_THE_SERVICE, `put answered with ${what}`, () => hostile.store.put("old", "new"));
    }
    hostile.answer(undefined);
    await expectMissing(truth, "new");
    await expectObject(truth, "old", "old");
    await hostile.store.put("new", "new");
    await expectObject(truth, "new", "new");
  }),
  hostileCase("N2", "what is not the service's answer to a delete is no success", async ({ store: truth }, hostile) => {
    const keys = ["a", "b", "c"];
    await putAll(truth, keys);
    for (const [what, stranger] of strangers()) {
      hostile.answer(stranger);
      await expectError(NOT_THE_SERVICE, `delete answered with ${what}`, () => hostile.store.delete("a"));
      await expectError(NOT_THE_SERVICE, `mustExist answered with ${what}`, () =>
        hostile.store.delete("a", { mustExist: true }),
      );
      const results = await hostile.store.deleteMany(keys);
      assert.deepEqual(
        results.map(({ key, error }) => [key, error?.code]),
        keys.map((key) => [key, NOT_THE_SERVICE]),
        `deleteMany answered with ${what}`,
      );
    }
    hostile.answer(undefined);
    await expectListed(truth, keys);
  }),
  hostileCase(
    "N3",
    "what is not the service's answer to a copy or a rename is no success, and the source stays",
    async ({ store: truth }, hostile) => {
      await truth.put("source", "source");
      for (const [what, stranger] of strangers()) {
        for (const call of ["copy", "rename"] as const) {
          hostile.answer(stranger);
          await expectError(NOT_THE_SERVICE, `${call} answered with ${what}`, () =>
            hostile.store[call]("source", "target"),
          );
          hostile.answer(undefined);
          await expectObject(truth, "source", "source");
          await expectMissing(truth, "target");
        }
      }
    },
  ),
  hostileCase("N4", "what is not the service's answer to a list is no listing", async ({ store: truth }, hostile) => {
    await putAll(truth, ["a", "b", "c"]);
    for (const [what, stranger] of strangers()) {
      hostile.answer(stranger);
      await expectError(NOT_THE_SERVICE, `list answered with ${what}`, () => listed(hostile.store));
    }
    hostile.answer(undefined);
    await expectListed(hostile.store, ["a", "b", "c"]);
  }),
  hostileCase(
    "N5",
    "what is not the service's answer to a read proves neither an object nor its absence",
    async ({ store: truth }, hostile) => {
      await truth.put("object", "content");
      for (const [what, stranger] of strangers()) {
        for (const key of ["object", "missing"]) {
          hostile.answer(stranger);
          for (const [name, call] of readsOf(hostile.store, key)) {
            await expectError(NOT_THE_SERVICE, `${name} of ${key} answered with ${what}`, call);
          }
        }
      }
      hostile.answer(undefined);
      await expectObject(hostile.store, "object", "content");
    },
  ),
  hostileCase(
    "N6",
    "pages that come again, and listings that are cut, are no listing",
    async ({ store: truth }, hostile) => {
      const keys = ["a", "b", "c", "d", "e", "f"];
      await putAll(truth, keys);
      let first: Answer | undefined;
      hostile.answer(() => ({
        change: (answer) => {
          first ??= answer;
          return first;
        },
      }));
      await expectError(NOT_THE_SERVICE, "the first page again and again", () =>
        listed(hostile.store, { pageSize: 2 }),
      );
      for (const share of [0.3, 0.6, 0.95]) {
        hostile.answer(() => ({ change: (answer) => withBody(answer, cut(answer.body, share)) }));
        await expectError(NOT_THE_SERVICE, `a page cut at ${share}`, () => listed(hostile.store, { pageSize: 2 }));
      }
      hostile.answer(undefined);
      await expectListed(hostile.store, keys, { pageSize: 2 });
    },
  ),
  hostileCase(
    "N7",
    "a part of an object passes for no other part, and for no whole",
    async ({ store: truth, random, partBytes }, hostile) => {
      const bytes = random.bytes(2 * partBytes + 10);
      await truth.put("object", bytes);
      const whole = async (): Promise<Uint8Array> => (await hostile.store.get("object")).bytes();
      const range = (): Promise<Uint8Array> => hostile.store.getRange("object", { start: 1000, end: 2000 });
      for (const [what, value] of CONTENT_RANGES) {
        hostile.answer(({ method }) => (method === "GET" ? { change: withContentRange(value) } : undefined));
        await expectRightOrRefused(`get, Content-Range ${what}`, bytes, whole);
        await expectRightOrRefused(`getRange, Content-Range ${what}`, bytes.subarray(1000, 2000), range);
      }
      hostile.answer(({ method }) => (method === "GET" ? { change: halved } : undefined));
      await expectRightOrRefused("get of half a body", bytes, whole);
      await expectRightOrRefused("getRange of half a body", bytes.subarray(1000, 2000), range);
    },
  ),
];

function hostileCase(
  id: string,
  name: string,
  run: (context: ConformanceContext, hostile: HostileStore) => Promise<void>,
): ConformanceCase {
  return {
    id,
    name,
    needs: ["hostile"],
    run: async (context) => {
      const hostile = await (context.harness.hostile as NonNullable<typeof context.harness.hostile>)(context.store);
      try {
        await run(context, hostile);
      } finally {
        await hostile.close();
      }
    },
  };
}

function readsOf(store: ObjectStore, key: string): readonly (readonly [string, () => Promise<unknown>])[] {
  return [
    ["get", async () => (await store.get(key)).bytes()],
    ["getRange", () => store.getRange(key, { start: 0, end: 3 })],
    ["getRanges", () => store.getRanges(key, [{ start: 0, end: 3 }])],
    ["head", () => store.head(key)],
    ["exists", () => store.exists(key)],
  ];
}

async function expectRightOrRefused(
  what: string,
  expected: Uint8Array,
  read: () => Promise<Uint8Array>,
): Promise<void> {
  let got: Uint8Array;
  try {
    got = await read();
  } catch (error) {
    await expectError([NOT_THE_SERVICE, "ChecksumMismatch"], what, () => Promise.reject(error));
    return;
  }
  expectBytes(got, expected, what);
}
