import { crc32c, createMemoryStore } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { StreamingDataWriter } from "../src/index.js";
import { contentOf } from "./content.js";
import { rejects } from "./refuses.js";
import { slowStore } from "./slow-writer.js";

const SIZE = 300_001;
const OPTIONS = { size: SIZE, seed: 7n, dedup: 1.5, compress: 2 };

describe("StreamingDataWriter, stopped", () => {
  it("refuses to finalize before it is complete, says what is missing, and stays open", async () => {
    const store = createMemoryStore();
    const data = await StreamingDataWriter.create({ store, key: "a" }, OPTIONS);
    await data.generateChunk(1);
    await rejects(data.finalize(), "InvalidState", /300000 of 300001 bytes have not been generated/);
    expect(data.state).toBe("open");
    expect(await store.exists("a")).toBe(false);
    await data.generateRemaining();
    expect((await data.finalize()).size).toBe(SIZE);
  });

  it("can be cancelled while it generates; nothing is visible then", async () => {
    const { store } = slowStore();
    const data = await StreamingDataWriter.create({ store, key: "a" }, { ...OPTIONS, size: 100 << 20 });
    const generating = data.generateRemaining();
    await data.cancel();
    await rejects(generating, "InvalidState", /cancelled/);
    expect(data.state).toBe("cancelled");
    expect(data.bytesGenerated).toBeLessThan(10 << 20);
    await rejects(data.generateChunk(1), "InvalidState", /cancelled/);
    await rejects(data.finalize(), "InvalidState", /cancelled/);
    await data.cancel();
    expect(await store.exists("a")).toBe(false);
  });

  it("is cancelled when it is disposed", async () => {
    const store = createMemoryStore();
    const data = await StreamingDataWriter.create({ store, key: "a" }, OPTIONS);
    await data.generateRemaining();
    await data[Symbol.asyncDispose]();
    expect(data.state).toBe("cancelled");
    expect(await store.exists("a")).toBe(false);
  });

  it("stops generating on the call's signal, and can go on", async () => {
    const { store } = slowStore();
    const data = await StreamingDataWriter.create({ store, key: "a" }, OPTIONS);
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    await rejects(data.generateRemaining({ signal: controller.signal, onProgress }), "Aborted", /generateRemaining/);
    expect(data).toMatchObject({ state: "open", bytesGenerated: 65_536 });
    await rejects(data.generateRemaining({ signal: controller.signal }), "Aborted", /generateRemaining/);
    await data.generateRemaining();
    expect((await data.finalize()).checksum).toBe(crc32c(contentOf(data.recipe)));
  });

  it("answers the call's signal at once where the store has stalled; a finalize that waits learns of it", async () => {
    let isStalled = true;
    const { store } = slowStore({ isStalled: () => isStalled });
    const data = await StreamingDataWriter.create({ store, key: "a" }, OPTIONS);
    const controller = new AbortController();
    const generating = data.generateRemaining({ signal: controller.signal });
    const finalizing = data.finalize();
    controller.abort();
    await rejects(generating, "Aborted", /generateRemaining/);
    isStalled = false;
    await rejects(finalizing, "InvalidState", /have not been generated/);
    expect(data.state).toBe("open");
    await data.generateRemaining();
    expect((await data.finalize()).checksum).toBe(crc32c(contentOf(data.recipe)));
  });

  it("fails with the writer when the writer's signal fires", async () => {
    const controller = new AbortController();
    const target = { store: slowStore().store, key: "a" };
    const data = await StreamingDataWriter.create(target, { ...OPTIONS, writer: { signal: controller.signal } });
    const generating = data.generateRemaining({ onProgress: () => controller.abort() });
    await rejects(generating, "Aborted", /aborted/);
    expect(data.state).toBe("failed");
    await rejects(data.generateChunk(1), "Aborted", /aborted/);
    await rejects(data.finalize(), "Aborted", /aborted/);
    await data.cancel();
  });

  it("hands on what the writer rejects, and counts only what was accepted", async () => {
    const { store } = slowStore({ failAfterBytes: 65_536 });
    const data = await StreamingDataWriter.create({ store, key: "a" }, OPTIONS);
    await rejects(data.generateRemaining(), "InvalidArgument", /writeChunk/);
    expect(data.bytesGenerated).toBe(65_536);
    await data.cancel();
  });
});

describe("StreamingDataWriter refuses", () => {
  const store = createMemoryStore();
  const target = { store, key: "refused" };
  const create = (options: object, at: unknown = target) => StreamingDataWriter.create(at as never, options as never);

  it.each<[string, object, RegExp]>([
    ["no size", {}, /size/],
    ["an unknown option", { size: 1, dedupe: 2 }, /unknown option "dedupe" \(known: size, seed, dedup/],
    ["a factor below 1", { size: 1, compress: 0.5 }, /compress/],
    ["an unknown option of the writer", { size: 1, writer: { codec: "zstd" } }, /unknown option "codec"/],
    ["backend options for an open store", { size: 1, backendOptions: {} }, /backendOptions goes with a URI/],
  ])("%s", async (_name, options, message) => {
    await rejects(create(options), "InvalidArgument", message);
    expect(await store.exists("refused")).toBe(false);
  });

  it("a target that is none, and options that are none", async () => {
    await rejects(create({ size: 1 }, { key: "a" }), "InvalidArgument", /URI or \{ store, key \}/);
    await rejects(create({ size: 1 }, null), "InvalidArgument", /URI or \{ store, key \}/);
    await rejects(create({ size: 1 }, "no uri"), "InvalidArgument", /not an object URI/);
    await rejects(create(undefined as never), "InvalidArgument", /must be an object/);
  });

  it("a number of bytes that is none, and unknown options of generateRemaining", async () => {
    const data = await StreamingDataWriter.create({ store, key: "a" }, { size: 10 });
    for (const bytes of [0, -1, 1.5, Number.NaN, "1"]) {
      await rejects(data.generateChunk(bytes as number), "InvalidArgument", /maxBytes must be a whole number from 1/);
    }
    await rejects(data.generateRemaining({ progress: 1 } as never), "InvalidArgument", /unknown option "progress"/);
    await rejects(data.writeChunk("text" as never), "InvalidArgument", /Uint8Array/);
    expect(data.state).toBe("open");
    await data.cancel();
  });
});
