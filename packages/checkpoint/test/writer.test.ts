import { crc32c, createMemoryStore, type ObjectStore } from "@sluice/core";
import { beforeEach, describe, expect, test } from "vitest";
import { BackgroundSaver, CheckpointReader, CheckpointWriter, prune } from "../src/index.js";
import { refuses } from "./refuses.js";
import { keysOf } from "./stores.js";

const bytes = (text: string) => Buffer.from(text);
let store: ObjectStore;
const open = (options: object = {}) => CheckpointWriter.open(store, { step: 1, environment: {}, ...options });

beforeEach(() => {
  store = createMemoryStore();
});

test("W1 shardWriter, finalizeShard and commit make a checkpoint; nothing is readable before", async () => {
  const save = await open({ step: 100, epoch: 3, framework: "torch", worldSize: 2, userMeta: { loss: 0.5 } });
  const { writer, key } = await save.shardWriter(0);
  await writer.writeChunk(bytes("zero"));
  const meta = await save.finalizeShard(0, writer);
  expect(meta).toEqual({ rank: 0, key, size: 4, storedSize: 4, checksum: crc32c("zero"), etag: expect.any(String) });
  expect(await save.finalizeShard(0, writer)).toEqual(meta);
  await refuses(save.commit(), "InvalidState", "rank 1 is not complete");
  await refuses(CheckpointReader.latest(store), "NotFound");
  await save.save({
    1: (async function* () {
      yield "on";
      yield "e";
    })(),
  });
  const { manifest, isLatest } = await save.commit();
  expect(isLatest).toBe(true);
  expect(manifest).toMatchObject({ framework: "torch", epoch: 3, worldSize: 2, userMeta: { loss: 0.5 }, isOurs: true });
  const reader = await CheckpointReader.latest(store);
  expect(reader.manifest).toEqual({ ...manifest, shards: manifest.shards });
  expect(Buffer.from(await reader.shardBytes(1)).toString()).toBe("one");
  await refuses(save.shardWriter(0), "InvalidState", "committed");
  expect(await save.commit()).toEqual({ manifestKey: reader.key, manifest, isLatest });
});

test("W2 a checksum that the caller brings is kept, and compared with what the store knows", async () => {
  const save = await open({ ts: "t" });
  const key = save.shardKey(0);
  expect([key, save.shardKey(0)]).toEqual([expect.stringMatching(/^shards\/ckpt-1-t\/rank-0-[0-9a-f]{16}\.bin$/), key]);
  expect((await open({ ts: "t" })).shardKey(0)).not.toBe(key);
  await refuses(save.finalizeShardMetaWithChecksum(0, crc32c("x")), "NotFound");
  await store.put(key, "content");
  await refuses(save.finalizeShardMetaWithChecksum(0, "md5:1"), "InvalidArgument");
  await refuses(save.finalizeShardMetaWithChecksum(0, crc32c("other")), "ChecksumMismatch", "rank 0");
  const outside = save.finalizeShardMetaWithChecksum(0, crc32c("x"), { key: "latest.json" });
  await refuses(outside, "InvalidArgument", "latest.json");
  expect(await save.finalizeShardMetaWithChecksum(0, crc32c("content"))).toMatchObject({ key, size: 7 });
  await save.commit();
  expect((await (await CheckpointReader.latest(store)).verify({ full: true })).ok).toBe(true);
});

test("W3 what can't be is refused: ranks, writers of others, too few shards", async () => {
  const save = await open({ worldSize: 2 });
  await refuses(save.shardWriter(2), "InvalidArgument", "rank");
  const { writer } = await save.shardWriter(0);
  await refuses(save.shardWriter(0), "InvalidState", "writer already");
  await refuses(save.finalizeShard(1, writer), "InvalidState", "shardWriter(1)");
  await refuses(save.saveAll(["a"]), "InvalidArgument", "1 shards for 2 ranks");
  await save.cancel();
  expect(writer.state).toBe("cancelled");
  await refuses(save.shardWriter(1), "InvalidState", "cancelled");
  expect(await keysOf(store)).toEqual([]);
});

test("W4 a shard that fails, and a signal, stop the others and leave no checkpoint", async () => {
  const broken = (async function* () {
    yield bytes("a");
    throw new Error("the source broke");
  })();
  const endless = (async function* () {
    for (;;) {
      yield bytes("b");
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const save = await open({ worldSize: 2 });
  await expect(save.saveAll([endless, broken])).rejects.toThrow("the source broke");
  const stop = new AbortController();
  const other = await open({ worldSize: 2, signal: stop.signal });
  const saving = other.saveAll([endless, "b"]);
  stop.abort();
  await refuses(saving, "Aborted");
  await refuses(CheckpointReader.latest(store), "NotFound");
});

test("W5 a second commit of one save heals what a killed one left out, and other shards are refused", async () => {
  await (await open({ ts: "t" })).saveAll(["same"]);
  await store.delete("latest.json");
  expect((await (await open({ ts: "t" })).saveAll(["same"])).isLatest).toBe(true);
  await refuses((await open({ ts: "t", step: 1 })).saveAll(["other"]), "AlreadyExists");
});

test("W6 restore fails for a consumer that does not read to the end, and tells what was read", async () => {
  await (await open({ worldSize: 2 })).saveAll(["a".repeat(1000), "b"]);
  const reader = await CheckpointReader.latest(store);
  await refuses(
    reader.restore(async () => undefined),
    "InvalidState",
    "not read to its end",
  );
  const result = await reader.restore(async (content) => void (await content.bytes()));
  expect(result).toEqual({ shards: 2, bytes: 1001 });
  await refuses(reader.shard(2), "InvalidArgument", "rank");
  await refuses(() => reader.verify({ fully: true } as never), "InvalidArgument", "fully");
  await refuses(CheckpointReader.byStep(store, 7), "NotFound", "step 7");
});

test("P1 prune keeps what a rule keeps, the latest and all newer ones, and deletes markers and manifests first", async () => {
  for (const step of [1, 2, 3, 4, 5, 6]) await (await open({ step })).saveAll([`step ${step}`]);
  const steps = async () => (await CheckpointReader.list(store)).map(({ step }) => step);
  expect((await prune(store)).checkpoints).toEqual([]);
  expect((await prune(store, { keepLast: 2, keepEvery: 3, dryRun: true })).checkpoints).toMatchObject([
    { step: 1 },
    { step: 2 },
    { step: 4 },
  ]);
  expect(await steps()).toEqual([1, 2, 3, 4, 5, 6]);
  expect((await prune(store, { keepLast: 2, olderThan: new Date(0) })).checkpoints).toEqual([]);
  const order: string[] = [];
  const spying = new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...parameters: unknown[]) => {
        if (name === "delete" || name === "deleteMany") order.push(...[parameters[0] as string | string[]].flat());
        return value.apply(target, parameters);
      };
    },
  });
  await prune(spying, { keepLast: 2, keepEvery: 3 });
  const folders = order.map((key) => key.split("/")[0]).filter((name) => name !== "saves");
  expect(folders).toEqual(Array(3).fill(["latest", "manifests", "shards"]).flat());
  expect(await steps()).toEqual([3, 5, 6]);
  // The pointer was set back by hand: what is newer than it stays all the same.
  await store.put(
    "latest.json",
    await (await store.get((await keysOf(store)).find((key) => key.startsWith("latest/ckpt-3")) as string)).bytes(),
  );
  expect((await prune(store, { keepLast: 1 })).checkpoints).toEqual([]);
  expect(await steps()).toEqual([3, 5, 6]);
});

test("P2 prune collects uncommitted attempts after their grace, and leaves others' objects alone", async () => {
  await (await open({ step: 1 })).saveAll(["x"]);
  const begun = await open({ step: 2, worldSize: 2, rank: 0, runId: "r" });
  await begun.save({ 0: "half" });
  await store.put("shards/notes.txt", "mine");
  expect((await prune(store)).orphans).toEqual([]);
  const { orphans, deletedObjects } = await prune(store, { graceMs: 0 });
  expect(orphans.map((key) => key.split("/")[0])).toEqual(["shards", "records", "saves"]);
  expect(deletedObjects).toBe(3);
  expect((await keysOf(store)).map((key) => key.split("/")[0])).toEqual([
    "latest.json",
    "latest",
    "manifests",
    "shards",
    "shards",
  ]);
  const broken = await open({ step: 3 });
  const { manifestKey } = await broken.saveAll(["y"]);
  await store.put(manifestKey, "{");
  expect(await prune(store, { graceMs: 0 })).toMatchObject({ orphans: [], unreadable: [{ step: 3 }] });
  await refuses(prune(store, { olderThan: 5 as never }), "InvalidArgument", "Date");
  await refuses(prune(store, { keepLast: 0 }), "InvalidArgument", "keepLast");
});

test("B1 a background save returns when the bytes are copied, and keeps their order", async () => {
  const saver = new BackgroundSaver(store, { queueLimit: 2 });
  const weights = new Float32Array([1, 2, 3]);
  for (const step of [1, 2, 3]) {
    await saver.save({ 0: weights }, { step, environment: {} });
    weights.fill(step * 10);
  }
  await saver.flush();
  expect(saver.last?.manifest.step).toBe(3);
  const first = await CheckpointReader.byStep(store, 1);
  expect(new Float32Array(new Uint8Array(await first.shardBytes(0)).buffer)).toEqual(new Float32Array([1, 2, 3]));
  expect((await CheckpointReader.list(store)).map(({ step }) => step)).toEqual([1, 2, 3]);
});

test("B2 one is in flight, the queue has a limit, and a full one makes the caller wait", async () => {
  let release: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let inFlight = 0;
  let most = 0;
  const slow = new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target);
      if (name !== "put") return typeof value === "function" ? value.bind(target) : value;
      return async (...parameters: Parameters<ObjectStore["put"]>) => {
        most = Math.max(most, ++inFlight);
        await gate;
        return target.put(...parameters).finally(() => inFlight--);
      };
    },
  });
  const saver = new BackgroundSaver(slow, { queueLimit: 1 });
  const save = (step: number, options = {}) => saver.save({ 0: bytes("x") }, { step, environment: {}, ...options });
  await save(1);
  await save(2);
  let isThirdIn = false;
  const third = save(3).then(() => {
    isThirdIn = true;
  });
  await refuses(save(4, { signal: AbortSignal.timeout(20) }), "Aborted");
  expect(isThirdIn).toBe(false);
  release?.();
  await third;
  await saver.close();
  expect(most).toBe(1);
  expect((await CheckpointReader.list(store)).map(({ step }) => step)).toEqual([1, 2, 3]);
  await refuses(save(5), "InvalidState", "closed");
});

test("B3 an error comes at the next call and at flush, once", async () => {
  // Without a queue a call waits for the one before it.
  const saver = new BackgroundSaver(store, { queueLimit: 0 });
  const save = (step: number) => saver.save({ 0: bytes(`${step}`) }, { step, ts: "t", environment: {} });
  await (await open({ step: 1, ts: "t" })).saveAll(["other"]);
  await save(1);
  await refuses(saver.flush(), "AlreadyExists");
  await saver.flush();
  await save(1);
  await refuses(save(2), "AlreadyExists");
  await save(2);
  await saver.close();
  expect(saver.last?.manifest.step).toBe(2);
  await refuses(saver.save({ 0: [1] as never }, { step: 3 }), "InvalidArgument", "typed array");
  await refuses(saver.save({ 0: bytes("x") }, { step: -3 }), "InvalidArgument", "step");
});

describe("a background save that nobody asks for again", () => {
  /** What the process would be told at its end. */
  async function warningsAtExit(before: readonly unknown[]): Promise<string[]> {
    const warnings: string[] = [];
    const listen = ({ name, message }: Error): unknown => warnings.push(`${name}: ${message}`);
    const others = process.listeners("warning");
    process.removeAllListeners("warning").on("warning", listen);
    for (const exit of process.listeners("exit")) if (!before.includes(exit)) exit.call(process, 0);
    process.off("warning", listen);
    for (const other of others) process.on("warning", other);
    return warnings;
  }

  test("gives one process warning at the end, if it failed", async () => {
    const before = process.listeners("exit");
    const saver = new BackgroundSaver("nowhere://x", { queueLimit: 2 });
    for (const step of [7, 8]) await saver.save({ 0: bytes("x") }, { step, environment: {} });
    while ((await warningsAtExit(before)).some((text) => text.includes("came to its end"))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const failed = (step: number) =>
      expect.stringMatching(`^SluiceCheckpointNotSaved: the checkpoint of step ${step} .*nowhere`);
    expect(await warningsAtExit(before)).toEqual([failed(7), failed(8)]);
    await refuses(saver.flush(), "Unsupported");
    expect(await warningsAtExit(before)).toEqual([failed(8)]);
    await refuses(saver.close(), "Unsupported");
    expect(process.listeners("exit")).toEqual(before);
  });

  test("gives one if it is not done, and none if it is committed", async () => {
    const before = process.listeners("exit");
    const saver = new BackgroundSaver(store);
    await saver.save({ 0: bytes("x") }, { step: 3, environment: {} });
    expect(await warningsAtExit(before)).toEqual([
      expect.stringMatching("step 3 was not saved: the process came to its end"),
    ]);
    await saver.flush();
    expect(await warningsAtExit(before)).toEqual([]);
    expect(process.listeners("exit")).toEqual(before);
  });
});
