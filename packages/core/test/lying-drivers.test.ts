import { describe, expect, test } from "vitest";
import type { DriverEntry, DriverListOptions, DriverPage, DriverRead, DriverReadOptions } from "../src/driver.js";
import { createStore } from "../src/driver-store.js";
import { MemoryBucket } from "../src/memory/memory-bucket.js";
import { MemoryDriver } from "../src/memory/memory-driver.js";
import type { ListOptions } from "../src/store.js";

const KEYS = ["in/a", "in/b", "in/c", "in/d/1", "in/d/2", "out/x"];
const base = { uri: "memory://test/", prefix: "" };

/** Which pages a driver makes of the right ones. */
type PageLie = (pages: readonly (readonly DriverEntry[])[]) => readonly (readonly DriverEntry[])[];

class LyingLister extends MemoryDriver {
  readonly lie: PageLie;

  constructor(bucket: MemoryBucket, lie: PageLie) {
    super(bucket);
    this.lie = lie;
  }

  override async *list(options: DriverListOptions): AsyncGenerator<DriverPage, void, void> {
    const pages: (readonly DriverEntry[])[] = [];
    for await (const { entries } of super.list(options)) pages.push(entries);
    for (const entries of this.lie(pages)) yield { entries };
  }
}

/** A driver whose reads deliver other bytes than the range has. */
class LyingReader extends MemoryDriver {
  readonly change: (bytes: Uint8Array) => Uint8Array;

  constructor(bucket: MemoryBucket, change: (bytes: Uint8Array) => Uint8Array) {
    super(bucket);
    this.change = change;
  }

  override async read(key: string, options: DriverReadOptions): Promise<DriverRead> {
    const { into: _, ...read } = await super.read(key, options);
    const { change } = this;
    async function* body(): AsyncGenerator<Uint8Array, void, void> {
      const chunks: Uint8Array[] = [];
      for await (const chunk of read.body) chunks.push(chunk);
      yield change(Buffer.concat(chunks));
    }
    return { ...read, body: body(), cancel: () => read.cancel() };
  }
}

async function filledBucket(): Promise<MemoryBucket> {
  const bucket = new MemoryBucket();
  const store = createStore(new MemoryDriver(bucket), base);
  for (const key of KEYS) await store.put(key, `content of ${key}`);
  return bucket;
}

const foreign = (pages: readonly (readonly DriverEntry[])[]): DriverEntry => ({
  ...(pages[0]?.[0] as DriverEntry),
  ...{ key: "out/x" },
});

describe("a driver that lists", () => {
  const lies: readonly [string, PageLie, ListOptions?][] = [
    ["pages in another order", (pages) => [...pages].reverse()],
    [
      "the entries of a page in another order",
      (pages) => pages.map((entries) => [...entries].reverse()),
      { pageSize: 3 },
    ],
    ["a page twice", (pages) => [...pages.slice(0, 1), ...pages]],
    ["pages that come in turns", (pages) => [...pages, ...pages]],
    ["an entry twice", (pages) => pages.map((entries) => entries.flatMap((entry) => [entry, entry]))],
    ["a key that is not below the prefix", (pages) => [...pages, [foreign(pages)]]],
    ["a key that lies behind a delimiter", (pages) => pages, { delimiter: "/" }],
    ["what is not behind startAfter", (pages) => pages, { startAfter: "in/b" }],
  ];

  test.each(lies)("%s fails with Unavailable", async (name, lie, options = {}) => {
    const bucket = await filledBucket();
    const driver = new LyingLister(bucket, lie);
    if (name.includes("delimiter") || name.includes("startAfter")) {
      const { list } = MemoryDriver.prototype;
      driver.list = async function* ({ prefix, pageSize }) {
        yield* list.call(driver, { prefix, pageSize });
      };
    }
    const store = createStore(driver, base);
    const keys: string[] = [];
    const listing = async (): Promise<void> => {
      for await (const entry of store.list({ prefix: "in/", pageSize: 1, ...options })) {
        keys.push(entry.kind === "object" ? entry.key : entry.prefix);
      }
    };
    await expect(listing()).rejects.toMatchObject({ code: "Unavailable" });
    // What came before the lie is told once, and in order.
    expect(keys).toEqual([...new Set(keys)].sort());
  });
});

describe("a driver that reads", () => {
  test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ["fewer bytes", (bytes) => bytes.subarray(0, -1)],
    ["nothing", () => new Uint8Array()],
    ["more bytes", (bytes) => Buffer.concat([bytes, bytes])],
  ])("%s than the range has fails", async (_name, change) => {
    const store = createStore(new LyingReader(await filledBucket(), change), base);
    const code = { code: "ChecksumMismatch" };
    await expect(store.get("in/a").then((object) => object.bytes())).rejects.toMatchObject(code);
    await expect(store.get("in/a", { verify: "none" }).then((object) => object.bytes())).rejects.toMatchObject(code);
    await expect(store.getRange("in/a", { start: 1, end: 5 })).rejects.toMatchObject(code);
    await expect(store.getRanges("in/a", [{ start: 1, end: 5 }])).rejects.toMatchObject(code);
    const target = new Uint8Array(1000);
    await expect(store.get("in/a").then((object) => object.readInto(target))).rejects.toMatchObject(code);
  });

  test("other bytes than its checksum has fails, unless nothing is to be compared", async () => {
    const flip = (bytes: Uint8Array): Uint8Array =>
      Uint8Array.from(bytes, (byte, index) => (index === 3 ? byte ^ 1 : byte));
    const store = createStore(new LyingReader(await filledBucket(), flip), base);
    await expect(store.get("in/a").then((object) => object.bytes())).rejects.toMatchObject({
      code: "ChecksumMismatch",
    });
    expect(await (await store.get("in/a", { verify: "none" })).text()).not.toBe("content of in/a");
  });
});
