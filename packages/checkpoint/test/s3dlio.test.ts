import { readdir, readFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { createMemoryStore, type ObjectStore } from "@sluice/core";
import { beforeEach, describe, expect, test } from "vitest";
import { CheckpointReader, CheckpointWriter, prune } from "../src/index.js";
import { refuses } from "./refuses.js";
import { damage, type Json, keysOf, rewrite } from "./stores.js";

const FIXTURES = new URL("fixtures/s3dlio/", import.meta.url);

/** Keys and types of s3dlio's structs Manifest, ShardMeta and Latest, which ignore fields they do not know. */
const isString = (value: Json) => typeof value === "string";
const isUnsigned = (value: Json) => Number.isSafeInteger(value) && value >= 0;
const isOptional = (value: Json) => value === null || value === undefined || isString(value);
const MANIFEST: Readonly<Record<string, (value: Json) => boolean>> = {
  format_version: (value) => value === 1,
  framework: isString,
  global_step: isUnsigned,
  epoch: isUnsigned,
  // chrono's to_rfc3339, read back as any text.
  wall_time: (value) => isString(value) && !Number.isNaN(Date.parse(value)),
  world_size: isUnsigned,
  shards: Array.isArray,
  status: (value) => value === "complete",
  user_meta: () => true,
};
const SHARD: Readonly<Record<string, (value: Json) => boolean>> = {
  rank: isUnsigned,
  key: isString,
  size: isUnsigned,
  etag: isOptional,
  checksum: isOptional,
};
const LATEST: Readonly<Record<string, (value: Json) => boolean>> = {
  manifest_key: isString,
  global_step: isUnsigned,
  ts: isString,
};

let store: ObjectStore;

beforeEach(async () => {
  store = createMemoryStore();
  for (const name of await readdir(FIXTURES, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const path = `${name.parentPath}/${name.name}`;
    await store.put(path.slice(path.indexOf("s3dlio/") + "s3dlio/".length).replace(/^\//, ""), await readFile(path));
  }
});

describe("checkpoints that s3dlio wrote", () => {
  test("D1 are listed, read and verified as far as they can be", async () => {
    const all = await CheckpointReader.list(store);
    expect(all.map(({ step, ts, isLatest }) => [step, ts, isLatest])).toEqual([
      [100, "20240101-120000", false],
      [200, "20240102-130500", false],
      [300, "1704274200000", true],
    ]);
    const reader = await CheckpointReader.latest(store);
    expect(reader.manifest).toMatchObject({
      framework: "torch",
      epoch: 30,
      worldSize: 2,
      isOurs: false,
      userMeta: { model: "resnet50" },
    });
    expect(Buffer.from(await (await reader.shard(0)).bytes()).toString()).toBe("rank 0 of step 300\n");
    expect(Buffer.from(await reader.shardBytes(1)).toString()).toBe("rank 1 of step 300\n");
    expect(await reader.verify({ full: true })).toMatchObject({ ok: true, unchecked: [] });
  });

  test("D2 without checksums are read, and verify says which ranks it can't vouch for", async () => {
    const reader = await CheckpointReader.byStep(store, 100);
    expect(await reader.verify({ full: true })).toMatchObject({ ok: true, unchecked: [0] });
    expect(Buffer.from(await (await reader.shard(0)).bytes()).toString()).toBe("rank 0 of step 100\n");
  });

  test("D3 may have checksums in bare hex, and the CRC of its Rust crate under the name crc32c", async () => {
    const reader = await CheckpointReader.byStep(store, 200);
    expect(reader.manifest.shards.map(({ checksum }) => checksum)).toEqual([
      "crc32c:e3069283", // the CRC-32C of "123456789", written in bare hex
      `crc32c:${crc32("123456789").toString(16)}`,
    ]);
    expect(await reader.verify({ full: true })).toMatchObject({ ok: true, unchecked: [] });
    await damage(store, reader.manifest.shards[1]?.key as string, () => Buffer.from("123456788"));
    expect(await reader.verify({ full: true })).toMatchObject({
      ok: false,
      problems: [{ rank: 1, reason: "damaged" }],
    });
  });

  test("D4 without latest.json are found by their manifests", async () => {
    await store.delete("latest.json");
    const reader = await CheckpointReader.latest(store);
    expect(reader).toMatchObject({
      step: 300,
      fallback: { reason: expect.stringContaining("latest.json is missing") },
    });
  });

  test("D5 are pruned with their shards, also of ranks that have a timestamp of their own", async () => {
    const { checkpoints, orphans } = await prune(store, { keepLast: 1, graceMs: 0 });
    expect(checkpoints.map(({ step }) => step)).toEqual([100, 200]);
    expect(orphans).toEqual([]);
    expect(await keysOf(store)).toEqual([
      "latest.json",
      "manifests/ckpt-300-1704274200000.json",
      "shards/bin/0000/ckpt-300-1704274200000/rank-0.bin",
      "shards/bin/0000/ckpt-300-1704274201000/rank-1.bin",
    ]);
    expect((await (await CheckpointReader.latest(store)).verify({ full: true })).ok).toBe(true);
  });

  test("D6 that are not complete are no checkpoints", async () => {
    await rewrite(store, "manifests/ckpt-300-1704274200000.json", (json) => (json.status = "incomplete"));
    expect((await CheckpointReader.latest(store)).step).toBe(200);
    await refuses(CheckpointReader.byStep(store, 300), "ChecksumMismatch", "incomplete");
  });
});

describe.each(["none", "zstd"] as const)("ours (codec %s) have the shape that s3dlio reads", (codec) => {
  test("D7 keys, fields and their types, sizes as the store has them", async () => {
    const compression = codec === "none" ? codec : { codec };
    const writer = await CheckpointWriter.open(store, { step: 400, worldSize: 2, compression, environment: {} });
    const { manifestKey } = await writer.saveAll(["a".repeat(1000), "b".repeat(2000)]);
    const manifest = await jsonOf(manifestKey);
    expectShape(manifest, MANIFEST);
    for (const shard of manifest.shards) {
      expectShape(shard, SHARD);
      expect((await store.head(shard.key)).size).toBe(shard.size);
      expect((await store.head(shard.key)).etag).toBe(shard.etag);
    }
    expectShape(await jsonOf("latest.json"), LATEST);
    expect(await jsonOf(manifestKey.replace("manifests/", "latest/"))).toEqual(await jsonOf("latest.json"));
    // KeyLayout::parse_manifest_key splits at the first dash.
    const [, step, ts] = /^manifests\/ckpt-([^-]+)-(.+)\.json$/.exec(manifestKey) ?? [];
    expect([step, ts]).toEqual(["400", writer.id.ts]);
    const [, name, incarnation] = /^(.*rank-1)-([0-9a-f]{16})\.bin(?:\.zst)?$/.exec(manifest.shards[1].key) ?? [];
    expect(name).toBe(`shards/ckpt-400-${ts}/rank-1`);
    expect(manifest.shards[0].key).not.toContain(incarnation);
  });
});

async function jsonOf(key: string): Promise<Json> {
  return JSON.parse(await (await store.get(key)).text());
}

function expectShape(json: Json, shape: Readonly<Record<string, (value: Json) => boolean>>): void {
  for (const [name, holds] of Object.entries(shape))
    expect(holds(json[name]), `${name}: ${JSON.stringify(json[name])}`).toBe(true);
}
