import { afterEach, beforeEach, expect, test } from "vitest";
import { createStore, MultipartSink, type ObjectStore, planParts, toWritable } from "../src/index.js";
import { createMemoryStore } from "../src/memory/memory-backend.js";
import { MemoryBucket } from "../src/memory/memory-bucket.js";
import { MemoryDriver } from "../src/memory/memory-driver.js";
import type { Sink, SinkOptions } from "../src/sink/sink.js";
import { collectGarbage, nextDropWarning } from "./collect-garbage.js";
import { MemoryUpload, SMALL_LIMITS } from "./multipart-memory.js";

const warnings: Error[] = [];
const keep = (warning: Error) => warnings.push(warning);

beforeEach(() => {
  warnings.length = 0;
  process.on("warning", keep);
});

afterEach(() => {
  process.off("warning", keep);
});

const KINDS: readonly [string, (store: ObjectStore) => Promise<unknown>][] = [
  ["without a byte", (store) => store.createWriter("a")],
  ["after a chunk", async (store) => (await store.createWriter("a")).writeChunk(new Uint8Array(10))],
  ["with a signal that lives on", (store) => store.createWriter("a", { signal: lasting.signal })],
  [
    "with zstd",
    async (store) =>
      (await store.createWriter("a", { compression: { codec: "zstd" } })).writeChunk(new Uint8Array(3 << 20)),
  ],
  ["behind a stream", async (store) => toWritable(await store.createWriter("a")).write("content")],
];
const lasting = new AbortController();

test.each(KINDS)("a writer that is dropped %s gives one warning with its URI", async (_, drop) => {
  const store = createMemoryStore();
  await drop(store);
  const { name, message } = await nextDropWarning();
  expect(name).toBe("SluiceWriterDropped");
  expect(message).toMatch(/^the writer of memory:\/\/private\/a(\.zst)? was dropped without finalize or cancel/);
  await collectGarbage();
  expect(warnings).toHaveLength(1);
  expect(await store.exists("a")).toBe(false);
});

test("a dropped upload of parts is aborted", async () => {
  const uploads: MemoryUpload[] = [];
  class PartsDriver extends MemoryDriver {
    override async openSink(key: string, options: SinkOptions): Promise<Sink> {
      const upload = new MemoryUpload(await super.openSink(key, options));
      uploads.push(upload);
      return new MultipartSink(upload, planParts(SMALL_LIMITS, { partBytes: 64 }, "createWriter"), {
        partsInFlight: 2,
      });
    }
  }
  const store = createStore(new PartsDriver(new MemoryBucket()), { uri: "parts://bucket/", prefix: "" });
  await writeSome(store);
  const [upload] = uploads;
  expect(upload?.parts.size).toBeGreaterThan(0);
  expect((await nextDropWarning()).message).toContain("parts://bucket/a ");
  while (upload?.isOpen) await collectGarbage();
  expect(upload?.parts.size).toBe(0);
});

test("a writer that was ended in any way gives none", async () => {
  const store = createMemoryStore();
  const stop = new AbortController();
  await (await store.createWriter("finalized")).finalize();
  await (await store.createWriter("cancelled")).cancel();
  await (await store.createWriter("disposed"))[Symbol.asyncDispose]();
  await store.createWriter("aborted", { signal: stop.signal });
  stop.abort();
  await fail(store);
  await collectGarbage();
  expect(warnings).toEqual([]);
});

test("a writer that somebody holds, or that a write is under way of, is not dropped", async () => {
  const store = createMemoryStore();
  const writer = await store.createWriter("held");
  const writing = writer.writeChunk(new Uint8Array(5 << 20));
  await collectGarbage();
  expect(warnings).toEqual([]);
  await writing;
  expect(await writer.finalize()).toMatchObject({ size: 5 << 20 });
});

async function writeSome(store: ObjectStore): Promise<void> {
  const writer = await store.createWriter("a");
  for (let chunk = 0; chunk < 5; chunk++) await writer.writeChunk(new Uint8Array(50));
}

async function fail(store: ObjectStore): Promise<void> {
  const writer = await store.createWriter("failed", { size: 1 });
  await expect(writer.finalize()).rejects.toMatchObject({ code: "InvalidArgument" });
}
