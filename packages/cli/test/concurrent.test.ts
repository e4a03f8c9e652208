import { setImmediate as afterInputOutput } from "node:timers/promises";
import { expect, test } from "vitest";
import { forEachAbortable } from "../src/concurrent.js";

const never = new AbortController().signal;

test("works on every item once, on no more than the limit at a time", async () => {
  let underWay = 0;
  let most = 0;
  const seen: number[] = [];
  await forEachAbortable(
    Array.from({ length: 50 }, (_, index) => index),
    3,
    never,
    async (item) => {
      most = Math.max(most, ++underWay);
      await afterInputOutput();
      seen.push(item);
      underWay--;
    },
  );
  expect(most).toBe(3);
  expect(seen.sort((first, second) => first - second)).toEqual(Array.from({ length: 50 }, (_, index) => index));
});

test("the first failure aborts the others, ends the source, and is thrown when all have ended", async () => {
  const ended: string[] = [];
  async function* source() {
    try {
      for (let item = 0; ; item++) yield item;
    } finally {
      ended.push("source");
    }
  }
  const failure = forEachAbortable(source(), 2, never, (item, signal) =>
    item === 5
      ? Promise.reject(new Error("five"))
      : new Promise((resolve, reject) => {
          if (item !== 4) return resolve();
          signal.addEventListener("abort", () => {
            ended.push("four");
            reject(new Error("aborted"));
          });
        }),
  );
  await expect(failure).rejects.toThrow("five");
  expect(ended).toEqual(["four", "source"]);
});

test("a signal that has fired lets nothing begin", async () => {
  const work = () => Promise.reject(new Error("begun"));
  await expect(forEachAbortable([1], 1, AbortSignal.abort(), work)).rejects.toMatchObject({ code: "Aborted" });
});
