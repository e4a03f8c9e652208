import { describe, expect, test } from "vitest";
import { Crc32c } from "../src/checksum/crc32c.js";
import { ObjectStoreError } from "../src/errors.js";
import type { ResolvedRange } from "../src/range.js";
import type { OpenedRange } from "../src/read/opened-range.js";
import { type RangedBodyOptions, rangedBody } from "../src/read/ranged-body.js";
import type { OpenRange } from "../src/read/read-window.js";
import { collect } from "../src/read/stored-object.js";
import { randomBytes, seededRandom } from "./random.js";

const CONTENT = randomBytes(100_000, seededRandom(1));
const LIMITS = { windowBytes: 8_000, windowsInFlight: 3, resumes: 3, idleTimeoutMs: 10_000 };

/** A server of the content, whose connections end as `fate` says after some bytes. */
function server(
  fate: (request: number) => { readonly after: number; readonly as: "end" | "error" | "stall" } | undefined,
  drains = false,
) {
  const requests: ResolvedRange[] = [];
  let open = 0;
  let mostOpen = 0;
  const openRange: OpenRange = async ({ start, end }) => {
    const cut = fate(requests.length);
    requests.push({ start, end });
    mostOpen = Math.max(mostOpen, ++open);
    let isOpen = true;
    let hangUp: () => void = () => undefined;
    const hungUp = new Promise<void>((resolve) => {
      hangUp = resolve;
    });
    const cancel = (): void => {
      if (isOpen) open--;
      isOpen = false;
      hangUp();
    };
    async function* body(): AsyncGenerator<Uint8Array, void, void> {
      const until = Math.min(end, start + (cut?.after ?? Number.POSITIVE_INFINITY));
      for (let offset = start; offset < until; offset += 1_000)
        yield CONTENT.slice(offset, Math.min(until, offset + 1_000));
      if (until === end || cut?.as === "end") return;
      if (cut?.as === "error") throw new Error("ECONNRESET");
      await hungUp;
    }
    const drain = async (use: (chunk: Uint8Array) => void): Promise<void> => {
      const memory = new Uint8Array(1_000);
      for await (const chunk of body()) {
        memory.set(chunk);
        use(memory.subarray(0, chunk.byteLength));
      }
      memory.fill(0);
    };
    return { body: body(), cancel, ...(drains && { drain }) } satisfies OpenedRange;
  };
  return { openRange, requests, openNow: () => open, mostOpen: () => mostOpen };
}

function read(openRange: OpenRange, options: Partial<RangedBodyOptions> = {}): Promise<Uint8Array> {
  const range = { start: 0, end: CONTENT.byteLength };
  return collect(rangedBody(openRange, { range, ...LIMITS, ...options }).body, 0);
}

test("windows come in order, so many at once and not more", async () => {
  const { openRange, requests, mostOpen, openNow } = server(() => undefined);
  expect(await read(openRange)).toEqual(CONTENT);
  expect(requests).toHaveLength(13);
  expect(mostOpen()).toBeLessThanOrEqual(3);
  expect(openNow()).toBe(0);
});

test("chunks that are lent are views of memory that is used again, others are not", async () => {
  for (const lendChunks of [true, false]) {
    const { openRange } = server(() => undefined);
    const memories = new Set<ArrayBufferLike>();
    const range = { start: 0, end: CONTENT.byteLength };
    let offset = 0;
    for await (const chunk of rangedBody(openRange, { range, ...LIMITS, lendChunks }).body) {
      expect(chunk).toEqual(CONTENT.subarray(offset, offset + chunk.byteLength));
      offset += chunk.byteLength;
      expect(memories.has(chunk.buffer) && !lendChunks).toBe(false);
      memories.add(chunk.buffer);
    }
    expect(offset).toBe(CONTENT.byteLength);
    if (lendChunks) expect(memories.size).toBe(LIMITS.windowsInFlight);
    else expect(memories.size).toBeGreaterThanOrEqual(13);
  }
});

test("an answer that is longer than a window is streamed as its reader takes it", async () => {
  const { openRange } = server(() => undefined);
  const range = { start: 0, end: CONTENT.byteLength };
  const opened = await openRange(range, new AbortController().signal);
  let sent = 0;
  async function* body(): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of opened.body) {
      sent += chunk.byteLength;
      yield chunk;
    }
  }
  const first = { body: body(), cancel: opened.cancel, end: range.end };
  let taken = 0;
  for await (const chunk of rangedBody(openRange, { range, ...LIMITS, first }).body) {
    expect(chunk).toEqual(CONTENT.subarray(taken, taken + chunk.byteLength));
    expect(sent - taken).toBe(chunk.byteLength);
    taken += chunk.byteLength;
  }
  expect(taken).toBe(CONTENT.byteLength);
});

test.each([false, true])(
  "into fills a buffer, also where connections are cut, and stops at a signal; drained: %s",
  async (drains) => {
    const random = seededRandom(8);
    const { openRange, mostOpen, openNow } = server(
      (request) => (request % 3 === 0 ? { after: 1 + random(7_000), as: "error" } : undefined),
      drains,
    );
    const range = { start: 10, end: CONTENT.byteLength - 5 };
    const target = new Uint8Array(range.end - range.start);
    const crc = await rangedBody(openRange, { range, ...LIMITS }).into(target, true);
    expect(crc).toBe(new Crc32c().update(target).value);
    expect(target).toEqual(CONTENT.subarray(range.start, range.end));
    expect(mostOpen()).toBeLessThanOrEqual(3);
    expect(openNow()).toBe(0);
    const stalling = server(() => ({ after: 0, as: "stall" }), drains);
    const controller = new AbortController();
    const filling = rangedBody(stalling.openRange, { range, ...LIMITS, signal: controller.signal }).into(target);
    controller.abort(new Error("enough"));
    await expect(filling).rejects.toMatchObject({ code: "Aborted", cause: new Error("enough") });
    expect(stalling.openNow()).toBe(0);
  },
);

test("what has been opened already is not asked for again", async () => {
  const { openRange, requests } = server(() => undefined);
  const opened = await openRange({ start: 10, end: 5_000 }, new AbortController().signal);
  const body = read(openRange, { range: { start: 10, end: 12_345 }, first: { ...opened, end: 5_000 } });
  expect(await body).toEqual(CONTENT.subarray(10, 12_345));
  expect(requests.map(({ start }) => start)).toEqual([10, 5_000]);
});

test("an empty range asks for nothing", async () => {
  const { openRange, requests } = server(() => undefined);
  expect(await read(openRange, { range: { start: 7, end: 7 } })).toEqual(new Uint8Array(0));
  expect(requests).toEqual([]);
});

describe.each([
  ["end", false],
  ["error", false],
  ["stall", false],
  ["end", true],
  ["error", true],
  ["stall", true],
] as const)("a body cut by %s, drained: %s", (as, drains) => {
  test("is taken up again at the byte it stopped at", async () => {
    const random = seededRandom(7);
    const { openRange, requests, openNow } = server(
      (request) => (request % 2 === 0 ? { after: 1 + random(7_000), as } : undefined),
      drains,
    );
    expect(await read(openRange, { idleTimeoutMs: 20 })).toEqual(CONTENT);
    expect(requests.length).toBeGreaterThan(13);
    expect(openNow()).toBe(0);
  });

  test("fails once it has been tried often enough without a byte", async () => {
    const { openRange, requests, openNow } = server(() => ({ after: 0, as }), drains);
    const failing = read(openRange, { windowsInFlight: 1, resumes: 2, idleTimeoutMs: 20 });
    await expect(failing).rejects.toMatchObject({ code: as === "stall" ? "Timeout" : "Unavailable", retryable: true });
    expect(requests).toHaveLength(3);
    expect(openNow()).toBe(0);
  });
});

test("a replaced object is not tried again", async () => {
  let requests = 0;
  const failing = read(async () => {
    requests++;
    throw new ObjectStoreError("PreconditionFailed", "another version");
  });
  await expect(failing).rejects.toMatchObject({ code: "PreconditionFailed" });
  expect(requests).toBe(1);
});

test("a signal ends it with Aborted, also while nothing comes, and stops every request", async () => {
  const { openRange, openNow } = server((request) => (request === 2 ? { after: 3_000, as: "stall" } : undefined));
  const controller = new AbortController();
  const { body } = rangedBody(openRange, {
    range: { start: 0, end: CONTENT.byteLength },
    ...LIMITS,
    signal: controller.signal,
  });
  let bytes = 0;
  const reading = (async () => {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes >= 16_000) setImmediate(() => controller.abort(new Error("enough")));
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: "Aborted", cause: new Error("enough") });
  expect(openNow()).toBe(0);
});

test("breaking out stops every request", async () => {
  const { openRange, openNow, requests } = server(() => undefined);
  const { body } = rangedBody(openRange, { range: { start: 0, end: CONTENT.byteLength }, ...LIMITS });
  for await (const chunk of body) if (chunk.byteLength > 0) break;
  expect(openNow()).toBe(0);
  expect(requests).toHaveLength(1);
});
