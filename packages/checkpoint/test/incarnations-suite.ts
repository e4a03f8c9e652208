import type { ObjectStore } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CheckpointReader, CheckpointWriter } from "../src/index.js";
import { refuses } from "./refuses.js";
import { keysOf, type StoreHarness, type TestStore } from "./stores.js";

const RANKS = 3;
const ROUNDS = 12;
const seed = Date.now() % 2 ** 31;
const random = new SeededRandom(seed);
const shared = { step: 5, worldSize: RANKS, runId: "job 1", environment: {}, deadlineMs: 10_000 };

console.log(`incarnations: seed ${seed}`);

/** What has to hold on every store: a checkpoint is what the ranks of one start have saved. */
export function incarnationsSuite({ open }: StoreHarness): void {
  let opened: TestStore;
  let store: ObjectStore;

  beforeEach(async () => {
    opened = await open();
    store = opened.store;
  });

  afterEach(() => opened.cleanUp());

  /** The writers of all ranks of one start. */
  const start = (options: object = {}) =>
    Promise.all(
      Array.from({ length: RANKS }, (_, rank) => CheckpointWriter.open(store, { ...shared, rank, ...options })),
    );
  const saveAll = (writers: readonly CheckpointWriter[], name: string) =>
    Promise.all(writers.map((writer, rank) => writer.save({ [rank]: `${name} ${rank}` })));
  const saved = async () => {
    const reader = await CheckpointReader.latest(store);
    expect(await reader.verify({ full: true })).toMatchObject({ ok: true, shards: RANKS });
    const bytes = await Promise.all(Array.from({ length: RANKS }, (_, rank) => reader.shardBytes(rank)));
    return bytes.map((content) => Buffer.from(content).toString());
  };
  const contentsOf = (name: string) => Array.from({ length: RANKS }, (_, rank) => `${name} ${rank}`);

  test("I1 a second start with the run id of a committed one is refused, and changes nothing", async () => {
    const first = await start();
    await saveAll(first, "first");
    await Promise.all(first.map((writer) => writer.commit()));
    const before = await keysOf(store);
    for (const [rank, writer] of (await start()).entries()) {
      await refuses(
        writer.save({ [rank]: `second ${rank}` }),
        "AlreadyExists",
        'the run "job 1" has already saved step 5',
      );
      await refuses(writer.commit(), "AlreadyExists", "runId (--run-id)");
    }
    expect(await keysOf(store)).toEqual(before);
    expect(await saved()).toEqual(contentsOf("first"));
  });

  test("I2 a second start with the same bytes succeeds, and leaves nothing", async () => {
    const first = await start();
    await saveAll(first, "same");
    const results = await Promise.all(first.map((writer) => writer.commit()));
    const before = await keysOf(store);
    const second = await start({ compression: { codec: "gzip" } });
    const metas = await saveAll(second, "same");
    expect(metas.map(([meta]) => meta)).toEqual(results[0]?.manifest.shards);
    for (const writer of second) expect((await writer.commit()).manifestKey).toBe(results[0]?.manifestKey);
    expect(await keysOf(store)).toEqual(before);
    expect(await saved()).toEqual(contentsOf("same"));
  });

  test("I3 what a killed start has recorded is never committed together with another start's shards", async () => {
    const [zero, one] = (await start()) as [CheckpointWriter, CheckpointWriter];
    await zero.save({ 0: "killed 0" });
    await one.save({ 1: "killed 1" });
    const second = await start();
    const ends = await Promise.allSettled(
      second.map(async (writer, rank) => {
        await writer.save({ [rank]: `second ${rank}` });
        await writer.commit();
      }),
    );
    expect(ends.map(({ status }) => status)).toEqual(Array(RANKS).fill("rejected"));
    await refuses(CheckpointReader.latest(store), "NotFound");
    const { length } = (await keysOf(store)).filter((key) => key.startsWith("shards/"));
    expect(length).toBe(RANKS);
    // The right bytes come back: then it can be committed.
    const third = await start();
    await zero.save({ 0: "killed 0" });
    await saveAll(third.slice(0, 2), "killed");
    await third[2]?.save({ 2: "second 2" });
    await third[2]?.commit();
    expect(await saved()).toEqual(["killed 0", "killed 1", "second 2"]);
  });

  test(`I4 of two starts at once, ${ROUNDS} times, no mixture is committed`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const options = { step: 100 + round };
      const first = await start(options);
      const second = await start(options);
      const work = async (writer: CheckpointWriter, name: string) => {
        for (let turns = random.integer(0, 20); turns > 0; turns--) await new Promise(setImmediate);
        await writer.save({ [writer.rank as number]: `${name} ${writer.rank}` });
        await writer.commit();
      };
      const ends = await Promise.allSettled([
        ...first.map((writer) => work(writer, "first")),
        ...second.map((writer) => work(writer, "second")),
      ]);
      const kinds = new Set(
        ends.map((end) => (end.status === "fulfilled" ? "good" : (end.reason as { code: string }).code)),
      );
      const outcome = await CheckpointReader.byStep(store, options.step).then(saved, () => undefined);
      expect([undefined, contentsOf("first"), contentsOf("second")], `seed ${seed}, round ${round}`).toContainEqual(
        outcome,
      );
      if (outcome === undefined) expect([...kinds], `seed ${seed}, round ${round}`).toEqual(["AlreadyExists"]);
    }
  });

  test("I5 a late twin of a rank changes no committed shard, and its own shard is removed", async () => {
    const first = await start();
    const twin = await CheckpointWriter.open(store, { ...shared, rank: 1 });
    const { writer } = await twin.shardWriter(1);
    await writer.writeChunk(Buffer.from("twin"));
    // The twin has told that it is at work; its claim is that of a killed process, which is started again.
    const again = await CheckpointWriter.open(store, { ...shared, rank: 1 });
    await saveAll([first[0], again, first[2]] as CheckpointWriter[], "first");
    await first[0]?.commit();
    const before = await keysOf(store);
    await refuses(twin.finalizeShard(1, writer), "AlreadyExists", "other bytes for rank 1");
    expect(await keysOf(store)).toEqual(before);
    expect(await saved()).toEqual(contentsOf("first"));
    const manifest = (await CheckpointReader.latest(store)).manifest;
    expect(new Set(manifest.shards.map(({ key }) => key)).size).toBe(RANKS);
    expect(manifest.shards.map(({ key }) => /-\d-[0-9a-f]{16}\.bin$/.test(key))).toEqual(Array(RANKS).fill(true));
  });

  test("I6 two processes of one rank at once: with the same bytes one shard stays, with other ones nobody commits", async () => {
    const one = { ...shared, worldSize: 2, rank: 0 };
    for (const [step, bytes] of [
      ["1", "same"],
      ["2", "other"],
    ] as const) {
      const options = { ...one, step: Number(step) };
      const twins = [await CheckpointWriter.open(store, options), await CheckpointWriter.open(store, options)];
      const ends = await Promise.allSettled(twins.map((twin, index) => twin.save({ 0: index === 0 ? "same" : bytes })));
      const last = await CheckpointWriter.open(store, { ...one, rank: 1, step: Number(step) });
      await last.save({ 1: "rank 1" });
      const shards = (await keysOf(store)).filter((key) => key.startsWith(`shards/ckpt-${step}-`));
      expect(shards.length).toBe(2);
      if (bytes === "same") {
        expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
        expect((await last.commit()).isLatest).toBe(true);
      } else {
        expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
        await refuses(last.commit(), "AlreadyExists", "other bytes for rank 0");
      }
    }
  });

  test("I7 one process: a timestamp that is taken, a rank that is saved twice, both with other bytes", async () => {
    const own = { step: 7, ts: "t", environment: {} };
    const first = await CheckpointWriter.open(store, own);
    await first.save({ 0: "first" });
    await refuses(first.save({ 0: "second" }), "AlreadyExists", "the timestamp t");
    expect(await first.save({ 0: "first" })).toMatchObject([{ size: 5 }]);
    await first.commit();
    const before = await keysOf(store);
    await refuses((await CheckpointWriter.open(store, own)).saveAll(["other"]), "AlreadyExists", "step 7");
    await (await CheckpointWriter.open(store, own)).saveAll(["first"]);
    expect(await keysOf(store)).toEqual(before);
    expect((await (await CheckpointReader.latest(store)).verify({ full: true })).ok).toBe(true);
  });

  test("I8 a process that was killed when its record was written is not waited for; one that begins again is", async () => {
    const undead = new Proxy(store, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target);
        if (name === "delete") return async () => undefined;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const killed = await CheckpointWriter.open(undead, { ...shared, rank: 0 });
    await killed.save({ 0: "a 0" });
    const others = await Promise.all(
      [1, 2].map((rank) => CheckpointWriter.open(store, { ...shared, rank, deadlineMs: 60 })),
    );
    for (const [index, writer] of others.entries()) await writer.save({ [index + 1]: `a ${index + 1}` });
    const again = await CheckpointWriter.open(store, { ...shared, rank: 0 });
    await refuses(others[0]?.commit() as Promise<unknown>, "Timeout", "ranks (0) have begun again and not ended");
    await again.save({ 0: "a 0" });
    await others[0]?.commit();
    expect(await saved()).toEqual(contentsOf("a"));
    // The killed one alone would not have been waited for.
    const next = { ...shared, step: 6 };
    await (await CheckpointWriter.open(undead, { ...next, rank: 0 })).save({ 0: "b 0" });
    const rest = await Promise.all([1, 2].map((rank) => CheckpointWriter.open(store, { ...next, rank })));
    for (const [index, writer] of rest.entries()) await writer.save({ [index + 1]: `b ${index + 1}` });
    expect((await rest[1]?.commit())?.isLatest).toBe(true);
  });
}
