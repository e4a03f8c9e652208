import type { ObjectStore } from "@sluice/core";
import { expect, test } from "vitest";
import { CheckpointReader, CheckpointWriter } from "../src/index.js";
import { refuses } from "./refuses.js";
import { damage, keysOf, type StoreHarness } from "./stores.js";

const shared = { step: 5, worldSize: 3, runId: "job 1", environment: {}, deadlineMs: 10_000 };

/** What has to hold on every store: ranks find each other, and latest never goes back. */
export function ranksSuite({ open }: StoreHarness): void {
  const using = async (work: (store: ObjectStore) => Promise<void>) => {
    const { store, cleanUp } = await open();
    try {
      await work(store);
    } finally {
      await cleanUp();
    }
  };

  test("R3 ranks find each other through the store, whoever comes first, and all may commit", () =>
    using(async (store) => {
      const results = await Promise.all(
        [2, 1, 0].map(async (rank) => {
          const writer = await CheckpointWriter.open(store, { ...shared, rank });
          await writer.save({ [rank]: `rank ${rank}` });
          return writer.commit();
        }),
      );
      expect(new Set(results.map(({ manifestKey }) => manifestKey)).size).toBe(1);
      const reader = await CheckpointReader.latest(store);
      expect(await reader.verify({ full: true })).toMatchObject({ ok: true, shards: 3 });
      expect((await keysOf(store)).filter((key) => key.startsWith("records/"))).toEqual([]);
    }));

  test("R4 a rank that is started again finds the same save, and keeps what it had completed if it has the same bytes", () =>
    using(async (store) => {
      const first = await CheckpointWriter.open(store, { ...shared, rank: 0 });
      const [meta] = await first.save({ 0: "first" });
      const again = await CheckpointWriter.open(store, { ...shared, rank: 0 });
      expect(again.id).toEqual(first.id);
      expect(await again.recorded(0)).toEqual(meta);
      expect(await again.save({ 0: "first" })).toEqual([meta]);
      for (const rank of [1, 2]) await (await CheckpointWriter.open(store, { ...shared, rank })).save({ [rank]: "x" });
      await again.commit();
      const before = await keysOf(store);
      const late = await CheckpointWriter.open(store, { ...shared, rank: 2 });
      expect(await late.save({ 2: "x" })).toMatchObject([{ rank: 2, size: 1 }]);
      expect((await late.commit()).manifestKey).toBe((await again.commit()).manifestKey);
      expect(await keysOf(store)).toEqual(before);
      const reader = await CheckpointReader.latest(store);
      expect(Buffer.from(await reader.shardBytes(0)).toString()).toBe("first");
    }));

  test("R5 a commit waits until the deadline and names the ranks that are missing; later it succeeds", () =>
    using(async (store) => {
      const writer = await CheckpointWriter.open(store, { ...shared, rank: 0, deadlineMs: 60 });
      await writer.save({ 0: "a", 2: "c" });
      await refuses(writer.commit(), "Timeout", "1 of 3 ranks (1)");
      await refuses(CheckpointReader.latest(store), "NotFound", "no checkpoint");
      await writer.save({ 1: "b" });
      expect((await writer.commit()).isLatest).toBe(true);
    }));

  test("R6 a shard that is not what its record tells is not committed", () =>
    using(async (store) => {
      const writer = await CheckpointWriter.open(store, { ...shared, rank: 0 });
      const metas = await writer.save({ 0: "a", 1: "b", 2: "c" });
      await damage(store, metas[1]?.key as string, () => Buffer.from("B"));
      await refuses(writer.commit(), "ChecksumMismatch", "rank 1");
    }));

  test.each([
    ["shared", shared],
    ["one process", { step: 9, worldSize: 3, environment: {} }],
  ])(
    "R6a a shard that is gone, or has other bytes of the same size, at the commit is not committed: %s",
    (name, options) =>
      using(async (store) => {
        for (const change of ["gone", "other"]) {
          const own = name === "shared" ? { ...shared, rank: 0, runId: change } : options;
          const writer = await CheckpointWriter.open(store, own);
          const metas = await writer.save({ 0: "a", 1: "b", 2: "c" });
          const key = metas[2]?.key as string;
          if (change === "gone") await store.delete(key);
          else await store.put(key, "C");
          await refuses(
            writer.commit(),
            "ChecksumMismatch",
            change === "gone" ? "rank 2 is gone" : "rank 2 is not the one",
          );
          await refuses(CheckpointReader.latest(store), "NotFound", "no checkpoint");
          await writer.cancel();
        }
      }),
  );

  test("R7 20 committers of different steps at once leave latest at the highest", () =>
    using(async (store) => {
      const steps = Array.from({ length: 20 }, (_, index) => index + 1).sort(() => Math.random() - 0.5);
      const results = await Promise.all(
        steps.map(async (step) =>
          (await CheckpointWriter.open(store, { step, environment: {} })).saveAll([`step ${step}`]),
        ),
      );
      expect(results.find(({ manifest }) => manifest.step === 20)?.isLatest).toBe(true);
      const reader = await CheckpointReader.latest(store);
      expect(reader.fallback).toBeUndefined();
      expect(reader.step, steps.join(" ")).toBe(20);
    }));

  test("R8 latest never goes backwards, and one that leads nowhere or can't be read is replaced", () =>
    using(async (store) => {
      const save = async (step: number, ts?: string) => {
        const writer = await CheckpointWriter.open(store, { step, environment: {}, ...(ts !== undefined && { ts }) });
        return writer.saveAll(["x"]);
      };
      const { manifestKey } = await save(20, "b");
      expect((await save(10)).isLatest).toBe(false);
      expect((await save(20, "a")).isLatest).toBe(false);
      expect((await save(20, "c")).isLatest).toBe(true);
      await store.put("latest.json", "{");
      expect((await save(15)).isLatest).toBe(false);
      const reader = await CheckpointReader.latest(store);
      expect([reader.fallback, reader.manifest.ts]).toEqual([undefined, "c"]);
      await store.put(
        "latest.json",
        JSON.stringify({ manifest_key: "manifests/ckpt-99-x.json", global_step: 99, ts: "x" }),
      );
      expect(await CheckpointReader.latest(store)).toMatchObject({
        key: manifestKey.replace("-b", "-c"),
        fallback: { expected: { step: 99 } },
      });
      expect((await save(21)).isLatest).toBe(true);
    }));
}
