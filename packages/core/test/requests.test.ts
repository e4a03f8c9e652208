import { integerOptions, ObjectStoreError, Requests, toObjectStoreError } from "@sluice/core";
import { describe, expect, test } from "vitest";

const LIMITS = { maxTries: 3, retryDelayMs: 0, maxRetryDelayMs: 0, requestTimeoutMs: 10_000 };
const busy = () => new ObjectStoreError("Unavailable", "busy");
const toError = (error: unknown) => toObjectStoreError(error, {});
const untilStopped = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));

describe("requests", () => {
  test("what is retryable is tried again, as often as the limit says, and what is not is not", async () => {
    const requests = new Requests(LIMITS, toError);
    const attempts: number[] = [];
    const failTwice = async (_signal: AbortSignal, attempt: number) => {
      attempts.push(attempt);
      if (attempt < 3) throw busy();
      return "answer";
    };
    expect(await requests.run({ operation: "head" }, failTwice)).toBe("answer");
    expect(attempts).toEqual([1, 2, 3]);
    const always = requests.run({ operation: "head" }, async (_signal, attempt) => {
      attempts.push(attempt);
      throw busy();
    });
    await expect(always).rejects.toMatchObject({ code: "Unavailable" });
    const once = requests.run({ operation: "head" }, async (_signal, attempt) => {
      attempts.push(attempt);
      throw new Error("native");
    });
    await expect(once).rejects.toMatchObject({ code: "Internal", cause: new Error("native") });
    expect(attempts).toEqual([1, 2, 3, 1, 2, 3, 1]);
  });

  test("a try that is not answered is stopped and is Timeout", async () => {
    const requests = new Requests({ ...LIMITS, maxTries: 1, requestTimeoutMs: 5 }, toError);
    await expect(requests.run({ operation: "head" }, untilStopped)).rejects.toMatchObject({ code: "Timeout" });
  });

  test("the caller's signal stops the try under way, the pause, and what has not begun", async () => {
    const reason = new Error("enough");
    const requests = new Requests({ ...LIMITS, retryDelayMs: 60_000, maxRetryDelayMs: 60_000 }, toError);
    const calls = [untilStopped, async () => Promise.reject(busy())];
    for (const send of calls) {
      const controller = new AbortController();
      const running = requests.run({ operation: "head", signal: controller.signal }, send);
      setImmediate(() => controller.abort(reason));
      await expect(running).rejects.toMatchObject({ code: "Aborted", cause: reason });
    }
    const late = requests.run({ operation: "head", signal: AbortSignal.abort(reason) }, async () =>
      expect.unreachable(),
    );
    await expect(late).rejects.toMatchObject({ code: "Aborted" });
  });
});

test("integer options have their defaults, and what is out of their limits is refused by name", () => {
  const limits = { tries: [3, 1, 9], bytes: [0, 0, 100] } as const;
  expect(integerOptions({ tries: 4 }, limits, "open")).toEqual({ tries: 4, bytes: 0 });
  for (const tries of [0, 10, 1.5, "3"]) {
    expect(() => integerOptions({ tries }, limits, "open")).toThrow(/tries must be a whole number from 1 to 9/);
  }
});
