import type { CompressionOptions } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CheckpointReader, CheckpointWriter, type CommitResult, type ManifestShard } from "../src/index.js";
import { refuses } from "./refuses.js";
import { damage, type Json, rewrite, type StoreHarness, type TestStore } from "./stores.js";

const RANKS = 8;
const STRATEGIES = ["flat", "round_robin", "binary"] as const;
const CODECS = ["none", "zstd", "gzip"] as const;
const seed = Date.now() % 2 ** 31;
const random = new SeededRandom(seed);
const contents = Array.from({ length: RANKS }, (_, rank) => random.compressibleBytes(rank === 7 ? 0 : 40_000 + rank));

console.log(`damage: seed ${seed}`);

/** What has to hold on every store: checkpoints come back as they were, and damage is found and named. */
export function damageSuite({ open }: StoreHarness): void {
  let opened: TestStore;

  beforeEach(async () => {
    opened = await open();
  });

  afterEach(() => opened.cleanUp());

  const save = (strategy: (typeof STRATEGIES)[number], codec: (typeof CODECS)[number], step = 100) => {
    const compression: CompressionOptions | "none" = codec === "none" ? "none" : { codec };
    return CheckpointWriter.open(opened.store, { step, worldSize: RANKS, strategy, compression, environment: {} }).then(
      (writer) => writer.saveAll(contents),
    );
  };

  test.each(STRATEGIES.flatMap((strategy) => CODECS.map((codec) => [strategy, codec] as const)))(
    "C1 8 shards (%s, %s) come back as they were, by every way of reading",
    async (strategy, codec) => {
      const { isLatest } = await save(strategy, codec);
      expect(isLatest).toBe(true);
      const reader = await CheckpointReader.latest(opened.store);
      expect(reader.fallback).toBeUndefined();
      expect(await reader.verify({ full: true })).toMatchObject({
        ok: true,
        problems: [],
        unchecked: [],
        shards: RANKS,
      });
      const restored: Uint8Array[] = [];
      await reader.restore(async (content, { rank }) => {
        restored[rank] = await content.bytes();
      });
      for (const [rank, content] of contents.entries()) {
        expect(Buffer.compare(restored[rank] as Uint8Array, content), `restore of rank ${rank}`).toBe(0);
        const inParallel = await reader.shardBytes(rank, { partBytes: 10_000 });
        expect(Buffer.compare(inParallel, content), `shardBytes of rank ${rank}`).toBe(0);
      }
    },
  );

  test.each(STRATEGIES.flatMap((strategy) => CODECS.map((codec) => [strategy, codec] as const)))(
    "C2 one flipped byte in any shard (%s, %s) is found and named",
    async (strategy, codec) => {
      const { manifest } = await save(strategy, codec);
      for (const shard of manifest.shards) {
        if (shard.storedSize === 0) continue;
        const offset = random.integer(0, shard.storedSize - 1);
        await damage(opened.store, shard.key, flipped(offset));
        const reader = await CheckpointReader.byStep(opened.store, 100);
        const { ok, problems } = await reader.verify({ full: true });
        expect(ok, `seed ${seed}: rank ${shard.rank}, byte ${offset}`).toBe(false);
        expect(problems).toMatchObject([{ rank: shard.rank, key: shard.key, reason: "damaged" }]);
        expect(problems[0]?.message).toContain(`rank ${shard.rank}`);
        await damage(opened.store, shard.key, flipped(offset));
      }
      expect((await (await CheckpointReader.byStep(opened.store, 100)).verify({ full: true })).ok).toBe(true);
    },
  );

  test.each(["none", "zstd"] as const)("C3 flipped content (%s) never reads as whole", async (codec) => {
    const { manifest } = await save("flat", codec);
    const shard = manifest.shards[3] as ManifestShard;
    await damage(opened.store, shard.key, flipped(500));
    const reader = await CheckpointReader.byStep(opened.store, 100);
    await refuses(async () => (await reader.shard(3)).bytes(), "ChecksumMismatch", "rank 3");
    await refuses(reader.shardBytes(3, { partBytes: 10_000 }), "ChecksumMismatch");
    await refuses(
      reader.restore(async (content) => {
        for await (const _ of content);
      }),
      "ChecksumMismatch",
      "rank 3",
    );
  });

  test.each(["none", "zstd"] as const)(
    "C4 a cut-off or lengthened shard (%s) is found, also without reading",
    async (codec) => {
      const { manifest } = await save("binary", codec);
      const shard = manifest.shards[5] as ManifestShard;
      for (const change of [
        (bytes: Uint8Array) => bytes.slice(0, -1),
        (bytes: Uint8Array) => Buffer.concat([bytes, bytes]),
      ]) {
        await damage(opened.store, shard.key, change);
        const reader = await CheckpointReader.byStep(opened.store, 100);
        expect((await reader.verify()).problems).toMatchObject([{ rank: 5, reason: "size" }]);
        await refuses(reader.shard(5), "ChecksumMismatch", "rank 5");
        await refuses(reader.shardBytes(5), "ChecksumMismatch", "rank 5");
      }
    },
  );

  test("C5 a missing shard is found, and the newest whole checkpoint is taken in its place", async () => {
    await save("flat", "none", 90);
    const { manifest } = await save("flat", "none", 100);
    await opened.store.delete((manifest.shards[2] as ManifestShard).key);
    const reader = await CheckpointReader.byStep(opened.store, 100);
    expect((await reader.verify()).problems).toMatchObject([{ rank: 2, reason: "missing" }]);
    await refuses(reader.shard(2), "ChecksumMismatch", "rank 2");
    const whole = await CheckpointReader.latest(opened.store);
    expect(whole.step).toBe(90);
    expect(whole.fallback).toMatchObject({ expected: { step: 100 }, reason: expect.stringContaining("rank 2") });
    expect((await whole.verify({ full: true })).ok).toBe(true);
  });

  test.each<[string, (manifest: Json) => void, string]>([
    ["wrong size", (json) => json.shards[4].size++, "rank 4"],
    ["duplicate rank", (json) => (json.shards[4].rank = 3), "rank 3 has two shards"],
    ["missing rank", (json) => json.shards.splice(6, 1), "rank 6 has no shard"],
    ["shard twice", (json) => (json.shards[4].key = json.shards[3].key), "rank 4 has the shard of another rank"],
    ["rank beyond the world", (json) => (json.shards[4].rank = 8), "rank 8"],
    ["status", (json) => (json.status = "incomplete"), "incomplete"],
    ["no checksum", (json) => (json.shards[4].checksum = null), "rank 4 has no checksum"],
    ["step of another", (json) => (json.global_step = 7), "step 7"],
    ["key outside", (json) => (json.shards[4].key = "../../etc/passwd"), "shards.4.key"],
    ["absolute key", (json) => (json.shards[4].key = "/etc/passwd"), "shards.4.key"],
    ["key of the layout", (json) => (json.shards[4].key = "latest.json"), "shards.4.key"],
    ["format of the future", (json) => (json.format_version = 2), "format_version"],
  ])("C6 a manifest with a %s is found, and the one before is taken", async (_name, change, text) => {
    await save("flat", "none", 90);
    const { manifestKey }: CommitResult = await save("flat", "none", 100);
    await rewrite(opened.store, manifestKey, change);
    const whole = await CheckpointReader.latest(opened.store);
    expect(whole.step).toBe(90);
    expect(whole.fallback?.reason).toContain(text);
    const found = await CheckpointReader.byStep(opened.store, 100).then(
      async (reader) => (await reader.verify()).problems[0]?.message,
      (error: Error) => error.message,
    );
    expect(found).toContain(text);
  });

  test("C7 a wrong checksum in the manifest is found", async () => {
    const { manifestKey } = await save("flat", "zstd");
    await rewrite(opened.store, manifestKey, (json) => (json.shards[1].checksum = "crc32c:00000000"));
    const reader = await CheckpointReader.byStep(opened.store, 100);
    expect((await reader.verify({ full: true })).problems).toMatchObject([{ rank: 1, reason: "damaged" }]);
  });

  test("C8 a size that a manifest makes up takes no memory", async () => {
    const { manifestKey } = await save("flat", "zstd");
    await rewrite(opened.store, manifestKey, (json) => (json.shards[1].content_size = 2 ** 50));
    const reader = await CheckpointReader.byStep(opened.store, 100);
    await refuses(reader.shardBytes(1), "ChecksumMismatch", "rank 1");
  });
}

function flipped(offset: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    bytes[offset] = (bytes[offset] as number) ^ 0x10;
    return bytes;
  };
}
