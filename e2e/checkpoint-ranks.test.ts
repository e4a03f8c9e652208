import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openFsStore } from "@sluice/backend-fs";
import { CheckpointReader, prune } from "@sluice/checkpoint";
import type { ObjectStore } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { shardContent } from "./children/checkpoints.mjs";
import { temporaryBase } from "./disk-folder.js";

const CHILD = fileURLToPath(new URL("children/save-rank.mjs", import.meta.url));
const RANKS = 16;
const seed = Date.now() % 2 ** 31;
const random = new SeededRandom(seed);

let folder: string;
let store: ObjectStore;
let children: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(temporaryBase, "sluice-checkpoint-ranks-"));
  store = await openFsStore(folder);
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

test("K3 16 processes save one checkpoint, three times over with one rank killed and started again", {
  timeout: 300_000,
}, async () => {
  console.log(`checkpoint ranks: seed ${seed}`);
  let kills = 0;
  for (const [step, victim] of [
    [100, undefined],
    [200, 0],
    [300, random.integer(1, RANKS - 1)],
    [400, random.integer(1, RANKS - 1)],
  ] as const) {
    const start = (rank: number) => spawnChild([step, rank, RANKS, `run of step ${step}`, random.integer(0, 50)]);
    const ends = Array.from({ length: RANKS }, (_, rank) => start(rank)).map(async (child, rank) => {
      if (rank !== victim) return child.ended;
      await child.begun;
      await delay(random.integer(0, 60));
      child.process.kill("SIGKILL");
      if ((await child.ended) === null) kills++;
      return start(rank).ended;
    });
    expect(await Promise.all(ends), `seed ${seed}, step ${step}`).toEqual(Array(RANKS).fill(0));
    const reader = await CheckpointReader.latest(store);
    expect(reader.step).toBe(step);
    expect(reader.fallback).toBeUndefined();
    expect(await reader.verify({ full: true })).toMatchObject({ ok: true, shards: RANKS });
    await reader.restore(async (content, { rank }) => {
      expect(Buffer.from(await content.bytes()).equals(shardContent(step, rank)), `rank ${rank}`).toBe(true);
    });
  }
  // Else they had all ended before, and the test has shown nothing.
  expect(kills, `seed ${seed}`).toBeGreaterThan(0);
  console.log(`${kills} of 3 ranks were killed before they had ended`);
  expect((await CheckpointReader.list(store)).map(({ step }) => step)).toEqual([100, 200, 300, 400]);
  await prune(store, { graceMs: 0 });
  const rest: string[] = [];
  for await (const entry of store.list()) {
    if (entry.kind === "object" && /^(records|saves)\//.test(entry.key)) rest.push(entry.key);
  }
  expect(rest).toEqual([]);
});

test("K4 20 processes that commit different steps leave latest at the highest", { timeout: 300_000 }, async () => {
  const steps = Array.from({ length: 20 }, (_, index) => index + 1).sort(() => random.next());
  const ends = steps.map((step) => spawnChild([step, 0, 2, "none", random.integer(0, 20)]).ended);
  expect(await Promise.all(ends), `seed ${seed}`).toEqual(Array(20).fill(0));
  const reader = await CheckpointReader.latest(store);
  expect(reader.fallback).toBeUndefined();
  expect(reader.step, `seed ${seed}`).toBe(20);
  expect(await CheckpointReader.list(store)).toHaveLength(20);
});

interface Child {
  readonly process: ChildProcess;
  readonly begun: Promise<unknown>;
  /** Resolves with the exit status; null if it was killed. */
  readonly ended: Promise<number | null>;
}

function spawnChild(parameters: readonly (string | number)[]): Child {
  const child = spawn(process.execPath, [CHILD, folder, ...parameters.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const begun = Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), ended]);
  return { process: child, begun, ended };
}
