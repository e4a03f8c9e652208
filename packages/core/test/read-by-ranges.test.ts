import { extentOf, type RangedSource, readByRanges } from "@sluice/core";
import { expect, test } from "vitest";

const LIMITS = { readWindowBytes: 4, readWindowsInFlight: 2, resumes: 1, idleTimeoutMs: 1000 };
const bytes = Buffer.from("0123456789");

/** An object of ten bytes behind ranged requests, and what was asked of it. */
function sourceOf(content: Buffer, { last = false, shift = 0 } = {}) {
  const asked: string[] = [];
  const object = { key: "k", size: content.byteLength, etag: "v1", lastModified: new Date(0) };
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

test("extents are read from Content-Range, else from Content-Length", () => {
  expect(extentOf("bytes 4-7/10", 4)).toEqual({ start: 4, end: 8, size: 10 });
  expect(extentOf(undefined, 10)).toEqual({ start: 0, end: 10, size: 10 });
});
