import { describe, expect, test } from "vitest";
import type { FrameFacts } from "../src/compression/frame-facts.js";
import { createMemoryStore, isObjectStoreError, type ObjectStore } from "../src/index.js";
import type { ByteRange } from "../src/range.js";
import { randomBytes, seededRandom } from "./random.js";
import { type Seekable, seekable, tableOf } from "./seekable.js";

const SEED = 5;
const random = seededRandom(SEED);
const bytes = (length: number): Uint8Array => randomBytes(length, random);
const regular = await seekable([bytes(200), bytes(200), bytes(200), bytes(90)]);
const irregular = await seekable([bytes(150), bytes(200), bytes(170), bytes(90)]);
const two = await seekable([bytes(200), bytes(90)]);

type Change = (facts: FrameFacts[]) => void;
const grow = (index: number, stored: number, content: number): Change => {
  return (facts) => {
    const { storedBytes, contentBytes, checksum } = facts[index] as FrameFacts;
    facts[index] = { storedBytes: storedBytes + stored, contentBytes: contentBytes + content, checksum };
  };
};

const LIES: Readonly<Record<string, Change>> = {
  "less content in the first frame": grow(0, 0, -50),
  "more content in the first frame": grow(0, 0, 50),
  "no content in the first frame": (facts) => grow(0, 0, -(facts[0]?.contentBytes ?? 0))(facts),
  "less content in the last frame": (facts) => grow(facts.length - 1, 0, -40)(facts),
  "no content in the last frame": (facts) => grow(facts.length - 1, 0, -90)(facts),
  "more content in the last frame": (facts) => grow(facts.length - 1, 0, 40)(facts),
  "huge content in the last frame": (facts) => grow(facts.length - 1, 0, 0xf0000000)(facts),
  "content moved from one frame to the next": (facts) =>
    [grow(0, 0, -10), grow(1, 0, 10)].map((change) => change(facts)),
  "stored bytes moved from one frame to the next": (facts) =>
    [grow(0, -10, 0), grow(1, 10, 0)].map((change) => change(facts)),
  "twice the content in every frame but the last": (facts) => {
    for (let index = 0; index < facts.length - 1; index++) grow(index, 0, facts[index]?.contentBytes ?? 0)(facts);
  },
  "half of the content in every frame": (facts) => {
    for (const [index, { contentBytes }] of facts.entries()) grow(index, 0, -Math.floor(contentBytes / 2))(facts);
  },
  "frames in another order": (facts) => facts.reverse(),
  "the first two frames as one": (facts) => {
    const [first, second] = facts.splice(0, 2) as [FrameFacts, FrameFacts];
    facts.unshift({
      storedBytes: first.storedBytes + second.storedBytes,
      contentBytes: first.contentBytes + second.contentBytes,
      checksum: undefined,
    });
  },
  "another frame, of nothing": (facts) => facts.push({ storedBytes: 0, contentBytes: 10, checksum: 0 }),
};

describe.each([
  ["of frames of one size", regular],
  ["of frames of many sizes", irregular],
  ["of two frames", two],
])("a seek table %s", (_, object) => {
  describe.each([true, false])("with checksums: %s", (withChecksums) => {
    test("that is true is used, and every range is exact", async () => {
      const store = await storeOf(object, tableOf(object.facts, withChecksums));
      expect(await outcomes(store, object)).toEqual({ wrong: [], refused: 0 });
    });

    test.each(Object.entries(LIES))("that tells of %s leads to no other and no fewer bytes", async (_name, change) => {
      const facts = [...object.facts];
      change(facts);
      const store = await storeOf(object, tableOf(facts, withChecksums));
      expect((await outcomes(store, object)).wrong).toEqual([]);
      await expect(whole(store)).rejects.toMatchObject({ code: "ChecksumMismatch" });
    });
  });
});

describe("frames that are not those of the table", () => {
  test.each<[string, (frames: readonly Buffer[], table: Buffer) => readonly (Buffer | undefined)[]]>([
    ["swapped", ([first, second, ...rest], table) => [second, first, ...rest, table]],
    ["repeated", ([first, , ...rest], table) => [first, first, ...rest, table]],
    ["lost in the middle", ([first, , ...rest], table) => [first, ...rest, table]],
    [
      "lost in the middle, zeros before the table",
      ([first, lost, ...rest], table) => [first, ...rest, zerosFor(lost), table],
    ],
    [
      "lost in the middle, zeros behind the table",
      ([first, lost, ...rest], table) => [first, ...rest, table, zerosFor(lost)],
    ],
    [
      "lost at the end, zeros in its place",
      ([first, second, third, lost], table) => [first, second, third, zerosFor(lost), table],
    ],
    ["more than it tells of", ([first, ...rest], table) => [first, first, ...rest, table]],
  ])("%s, are found whole, and no range is wrong", async (_name, change) => {
    const object = await seekable([bytes(200), bytes(200), bytes(200), bytes(90)]);
    const store = createMemoryStore();
    const parts = change(object.frames, tableOf(object.facts)).filter((part) => part !== undefined);
    await store.put("object", Buffer.concat(parts));
    await expect(whole(store)).rejects.toMatchObject({ code: "ChecksumMismatch" });
    for (const range of rangesOf(object)) {
      const read = store.getRange("object", range, DECODE);
      const part = await read.catch(refusal);
      if (part !== undefined) expect(Buffer.compare(part, slice(object, range)), JSON.stringify(range)).toBe(0);
    }
  });
});

describe("an object", () => {
  test("that is two seekable ones in a row is read whole and by range, and loses no frame of either", async () => {
    const contents = Buffer.concat([regular.content, irregular.content]);
    const parts = [...regular.frames, tableOf(regular.facts), ...irregular.frames, tableOf(irregular.facts, false)];
    const store = createMemoryStore();
    await store.put("object", Buffer.concat(parts));
    expect(Buffer.compare(await whole(store), contents)).toBe(0);
    const range = { start: 600, end: 900 };
    expect(Buffer.compare(await store.getRange("object", range, DECODE), contents.subarray(600, 900))).toBe(0);
    await store.put("object", Buffer.concat(parts.filter((part) => part !== regular.frames[1])));
    await expect(whole(store)).rejects.toMatchObject({ code: "ChecksumMismatch" });
  });

  test("with zeros behind its table, or behind frames without a table, is read; a table behind zeros is damage", async () => {
    const [table, zeros] = [tableOf(regular.facts), Buffer.alloc(1000)];
    for (const tail of [[table, zeros], [zeros], []]) {
      const store = createMemoryStore();
      await store.put("object", Buffer.concat([...regular.frames, ...tail]));
      expect(await outcomes(store, regular)).toEqual({ wrong: [], refused: 0 });
    }
    const store = createMemoryStore();
    await store.put("object", Buffer.concat([...regular.frames, zeros, table]));
    await expect(whole(store)).rejects.toMatchObject({ code: "ChecksumMismatch" });
  });

  test("whose footer has reserved bits, or tells of more frames than there is room for, is read without it or refused", async () => {
    for (const change of [
      (table: Buffer) => table.writeUInt8(0x84, table.length - 5),
      (table: Buffer) => table.writeUInt32LE(0x7ffffff, table.length - 9),
    ]) {
      const table = tableOf(regular.facts);
      change(table);
      const store = await storeOf(regular, table);
      expect((await outcomes(store, regular)).wrong).toEqual([]);
      await expect(whole(store)).rejects.toMatchObject({ code: "ChecksumMismatch" });
    }
  });

  test("whose skippable frame at the end only looks like a table is read", async () => {
    const table = tableOf(regular.facts);
    table.writeUInt32LE(0x8f92eab0, table.length - 4);
    expect(await outcomes(await storeOf(regular, table), regular)).toEqual({ wrong: [], refused: 0 });
  });
});

const DECODE = { decode: "zstd" } as const;

async function storeOf({ frames }: Seekable, table: Buffer): Promise<ObjectStore> {
  const store = createMemoryStore();
  await store.put("object", Buffer.concat([...frames, table]));
  return store;
}

async function whole(store: ObjectStore): Promise<Uint8Array> {
  return (await store.get("object", DECODE)).bytes();
}

/** Ranges inside of frames, across their borders, at the end, behind it, and of nothing. */
function rangesOf({ content }: Seekable): ByteRange[] {
  const size = content.byteLength;
  const ranges: ByteRange[] = [
    { suffix: 0 },
    { suffix: 10 },
    { suffix: 95 },
    { suffix: size + 1 },
    { start: 0 },
    { start: size - 1 },
  ];
  ranges.push(
    { start: size },
    { start: size, end: size + 10 },
    { start: size + 100 },
    { start: size - 10, end: size + 10 },
  );
  for (let start = 0; start < size; start += 49) {
    ranges.push({ start, end: start + 1 }, { start, end: start + 60 }, { start, end: start });
  }
  return ranges;
}

function slice({ content }: Seekable, range: ByteRange): Buffer {
  if (!("suffix" in range)) return content.subarray(range.start, range.end);
  return content.subarray(Math.max(0, content.byteLength - range.suffix));
}

/** What each range gives, alone and with all others, whole reads too. */
async function outcomes(store: ObjectStore, object: Seekable): Promise<{ wrong: string[]; refused: number }> {
  const ranges = rangesOf(object);
  const wrong: string[] = [];
  let refused = 0;
  const judge = (what: string, read: Uint8Array | undefined, expected: Uint8Array): void => {
    if (read === undefined) refused++;
    else if (Buffer.compare(read, expected) !== 0)
      wrong.push(`${what}: ${read.byteLength} of ${expected.byteLength} bytes`);
  };
  judge("whole", await whole(store).catch(refusal), object.content);
  for (const range of ranges) {
    const expected = slice(object, range);
    judge(JSON.stringify(range), await store.getRange("object", range, DECODE).catch(refusal), expected);
    const [one] = (await store.getRanges("object", [range], DECODE).catch(refusal)) ?? [];
    judge(`one of ${JSON.stringify(range)}`, one, expected);
  }
  const all = (await store.getRanges("object", ranges, DECODE).catch(refusal)) ?? [];
  for (const [index, read] of all.entries()) {
    judge(`among all ${JSON.stringify(ranges[index])}`, read, slice(object, ranges[index] as ByteRange));
  }
  return { wrong, refused };
}

function zerosFor(lost: Buffer | undefined): Buffer {
  return Buffer.alloc(lost?.byteLength ?? 0);
}

function refusal(error: unknown): undefined {
  if (isObjectStoreError(error) && error.code === "ChecksumMismatch") return undefined;
  throw error;
}
