import { type RangedSource, readByRanges } from "@sluice/core";
import { expect, test } from "vitest";

const LIMITS = { readWindowBytes: 4, readWindowsInFlight: 2, resumes: 1, idleTimeoutMs: 1000 };
const bytes = Buffer.from("0123456789");

/** An object of ten bytes behind ranged requests, and what was asked of it. */
function sourceOf(content: Buffer, { last = false, shift = 0, etag = "v1" } = {}) {
  const asked: string[] = [];
  const object = { key: "k", size: content.byteLength, etag, lastModified: new Date(0) };
  const answer = (start: number, end: number) => {
    if (start >= content.byteLength) return undefined;
    const extent = { start: start + shift, end: Math.min(end, content.byteLength) };
    const body = (async function* () {
      yield content.subarray(start, end);
    })();
    return { object, ...extent, body, cancel: () => asked.push("cancel") };
  };
  const source: RangedSource = {
    head: async () => {
      asked.push("head");
      return object;
    },
    get: async ({ start, end }, { ifMatch }) => {
      asked.push(`${start}-${end}${ifMatch === undefined ? "" : ` ${ifMatch}`}`);
      return answer(start, end);
    },
    ...(last && {
      getLast: async (count: number) => {
        asked.push(`-${count}`);
        return answer(Math.max(0, content.byteLength - count), content.byteLength);
      },
    }),
  };
  return { source, asked };
}

async function read(source: RangedSource, range?: Parameters<typeof readByRanges>[1]["range"]): Promise<string> {
  const { body } = await readByRanges(source, range === undefined ? {} : { range }, LIMITS);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("the first window tells size and version, the others are pinned to it", async () => {
  const { source, asked } = sourceOf(bytes);
  expect(await read(source)).toBe("0123456789");
  expect(asked.filter((call) => call !== "cancel")).toEqual(["0-4", "4-8 v1", "8-10 v1"]);
});

test("last bytes are asked for at once where the store can, else after its size is known", async () => {
  const able = sourceOf(bytes, { last: true });
  expect(await read(able.source, { suffix: 3 })).toBe("789");
  expect(able.asked[0]).toBe("-3");
  const unable = sourceOf(bytes);
  expect(await read(unable.source, { suffix: 3 })).toBe("789");
  expect(unable.asked.slice(0, 2)).toEqual(["head", "7-10 v1"]);
});

test.each([
  ["an empty object", Buffer.alloc(0), undefined],
  ["a range past the end", bytes, { start: 10 }],
  ["a range of no bytes", bytes, { start: 2, end: 2 }],
])("%s has no bytes, and head says so", async (_, content, range) => {
  const { source, asked } = sourceOf(content);
  expect(await read(source, range)).toBe("");
  expect(asked.at(-1)).toBe("head");
});

test("an answer with other bytes than those asked for is refused, and its body is cancelled", async () => {
  const { source, asked } = sourceOf(bytes, { shift: 1 });
  await expect(read(source)).rejects.toMatchObject({ code: "Unsupported" });
  expect(asked).toContain("cancel");
});

test.each([
  ["another version", { etag: "v2" }, "PreconditionFailed"],
  ["no version", { etag: "" }, "PreconditionFailed"],
  ["another size", { size: 9 }, "PreconditionFailed"],
  ["a later start", { start: 5 }, "Unsupported"],
])("a window after the first with %s is refused", async (_, changes, code) => {
  const { source } = sourceOf(bytes);
  const changed: RangedSource = {
    ...source,
    get: async (range, pin) => {
      const opened = await source.get(range, pin);
      if (opened === undefined || range.start === 0) return opened;
      const { start = opened.start, ...facts } = changes as { start?: number; etag?: string; size?: number };
      return { ...opened, start, object: { ...opened.object, ...facts } };
    },
  };
  await expect(read(changed)).rejects.toMatchObject({ code });
});

test("a window that brings less than it was asked for is no end", async () => {
  const { source } = sourceOf(bytes);
  const short: RangedSource = {
    ...source,
    get: ({ start, end }, pin) => source.get({ start, end: Math.min(end, start + 3) }, pin),
  };
  expect(await read(short)).toBe("0123456789");
});

test("an object of no version is refused: its windows could be of several", async () => {
  const { source, asked } = sourceOf(bytes, { etag: "" });
  await expect(read(source)).rejects.toMatchObject({ code: "Unavailable" });
  expect(asked).toContain("cancel");
});
