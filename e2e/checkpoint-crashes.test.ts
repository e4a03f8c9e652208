import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openFsStore } from "@sluice/backend-fs";
import { CheckpointReader, prune } from "@sluice/checkpoint";
import { isObjectStoreError, type ObjectStore } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { shardContent, WORLD_SIZE, waysOf } from "./children/checkpoints.mjs";
import { temporaryBase } from "./disk-folder.js";

const CHILD = fileURLToPath(new URL("children/save-checkpoints.mjs", import.meta.url));
const RANDOM_KILLS = 100;

/** A save of ours begins and ends well within this. */
const MOMENT_LIMIT_MS = 120;

/** Shards, their claims and records, manifest, marker, latest, and the deletion of the records. */
const CALLS_OF_A_SAVE = WORLD_SIZE * 3 + 3 + 1;

let folder: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(join(temporaryBase, "sluice-checkpoint-crash-"));
  store = await openFsStore(folder);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test(`K1 after SIGKILL at ${RANDOM_KILLS} random moments the last committed checkpoint is whole, and prune leaves no orphan`, {
  timeout: 600_000,
}, async () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`checkpoint crashes: seed ${seed}`);
  const random = new SeededRandom(seed);
  let newest = 0;
  let orphans = 0;
  let staleUploads = 0;
  for (let kill = 0; kill < RANDOM_KILLS; kill++) {
    const momentMs = random.integer(0, MOMENT_LIMIT_MS * 1000) / 1000;
    const committed = await runChild([folder, String(newest + 1)], momentMs);
    newest = await expectWhole(Math.max(newest, committed), `seed ${seed}, kill ${kill} after ${momentMs} ms`);
    const report = await prune(store, { keepLast: 2, graceMs: 0 });
    orphans += report.orphans.length;
    staleUploads += report.staleUploads;
    await expectNoOrphans(`seed ${seed}, kill ${kill}`);
  }
  // Else the children were all killed between two saves, and the test has shown nothing.
  expect(orphans, `seed ${seed}`).toBeGreaterThan(0);
  expect(staleUploads, `seed ${seed}`).toBeGreaterThan(0);
  console.log(`${RANDOM_KILLS} kills, ${newest} steps, ${orphans} orphans and ${staleUploads} temporary files pruned`);
});

test("K2 after SIGKILL before, inside and after every call of a save the last committed checkpoint is whole", {
  timeout: 600_000,
}, async () => {
  let newest = 0;
  for (const moment of ["before", "inside", "after"]) {
    for (let call = 0; call < CALLS_OF_A_SAVE; call++) {
      const name = `${moment} call ${call}`;
      // The first save of the child is whole, the second one is cut.
      const committed = await runChild([folder, String(newest + 1), String(CALLS_OF_A_SAVE + call), moment]);
      expect(committed, name).toBe(newest + 1);
      newest = await expectWhole(committed, name);
      await prune(store, { keepLast: 2, graceMs: 0 });
      await expectNoOrphans(name);
    }
  }
});

/** Runs the child until it dies, killed so many milliseconds after its first checkpoint; tells its last committed step. */
async function runChild(parameters: string[], momentMs?: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, ...parameters], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  const exited = new Promise<string | null>((resolve) => child.once("close", (_, signal) => resolve(signal)));
  const begun = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.stdout.once("data", () => resolve());
  });
  child.stdout.on("data", (text: Buffer) => {
    output += text.toString();
  });
  await begun;
  if (momentMs !== undefined) {
    await delay(momentMs);
    child.kill("SIGKILL");
  }
  expect(await exited, output).toBe("SIGKILL");
  return Number(output.trim().split("\n").at(-1) ?? 0);
}

/** Reads all of the latest checkpoint; tells its step. */
async function expectWhole(committed: number, name: string): Promise<number> {
  const reader = await CheckpointReader.latest(store).catch((error: unknown) => {
    if (committed === 0 && isObjectStoreError(error, "NotFound")) return undefined;
    throw error;
  });
  if (reader === undefined) return 0;
  expect(reader.step, `${name}: it went back`).toBeGreaterThanOrEqual(committed);
  expect(await reader.verify({ full: true }), name).toMatchObject({ ok: true, problems: [] });
  expect(reader.manifest.strategy, name).toBe(waysOf(reader.step).strategy);
  await reader.restore(async (content, { rank }) => {
    const isSame = Buffer.from(await content.bytes()).equals(shardContent(reader.step, rank));
    expect(isSame, `${name}: rank ${rank}`).toBe(true);
  });
  return reader.step;
}

/** Every file is of a committed checkpoint. */
async function expectNoOrphans(name: string): Promise<void> {
  const expected = new Set<string>(["latest.json"]);
  for (const { key, step, ts, manifest } of await CheckpointReader.list(store)) {
    expect(manifest, name).toBeDefined();
    for (const owned of [
      key,
      `latest/ckpt-${step}-${ts}.json`,
      ...(manifest?.shards.map((shard) => shard.key) ?? []),
    ]) {
      expected.add(owned);
    }
  }
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  expect(
    files.filter((file) => !expected.has(file)),
    name,
  ).toEqual([]);
}
