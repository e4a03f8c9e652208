import { createMemoryStore } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { CheckpointWriter, type CheckpointWriterOptions, readLauncher } from "../src/index.js";
import { ranksSuite } from "./ranks-suite.js";
import { refuses } from "./refuses.js";
import { HARNESSES, keysOf } from "./stores.js";

const shared = { step: 5, worldSize: 3, runId: "job 1", environment: {}, deadlineMs: 10_000 };

test("R2 the launcher gives rank, world size and run to a writer", async () => {
  const environment = { SLURM_PROCID: "0", SLURM_STEP_NUM_TASKS: "4", SLURM_STEP_ID: "0", SLURM_JOB_ID: "7" };
  const writer = await CheckpointWriter.open(createMemoryStore(), { step: 1, environment });
  expect(writer).toMatchObject({ rank: 0, worldSize: 4, launcher: "srun" });
  const indexed = { JOB_COMPLETION_INDEX: "0" };
  expect(
    await CheckpointWriter.open(createMemoryStore(), { step: 1, worldSize: 2, runId: "j", environment: indexed }),
  ).toMatchObject({ rank: 0, launcher: "Kubernetes" });
  await refuses(() => readLauncher({ RANK: "one" }), "InvalidArgument", "RANK");
});

describe.each(HARNESSES)("on $name", ranksSuite);

describe("refused before any I/O", () => {
  const bad: [string, Partial<CheckpointWriterOptions>, string][] = [
    ["a negative step", { step: -1 }, "step"],
    ["a fraction", { epoch: 0.5 }, "epoch"],
    ["no ranks", { worldSize: 0 }, "worldSize"],
    ["a rank beyond the world", { worldSize: 2, rank: 2 }, "rank"],
    ["ranks that have nothing to find each other by", { worldSize: 2, rank: 1 }, "runId"],
    ["an unknown strategy", { strategy: "hash" as "flat" }, "flat, round_robin, binary"],
    ["a timestamp with a slash", { ts: "../x" }, "ts must be"],
    ["metadata that is no JSON", { userMeta: 1n }, "userMeta"],
    ["an unknown option", { steps: 1 } as never, 'unknown option "steps"'],
  ];
  test.each(bad)("R9 %s", async (_name, options, text) => {
    const store = createMemoryStore();
    await refuses(CheckpointWriter.open(store, { step: 1, environment: {}, ...options }), "InvalidArgument", text);
    expect(await keysOf(store)).toEqual([]);
  });

  test("R10 another world than rank 0's, a rank that never comes, a base that is none", async () => {
    const store = createMemoryStore();
    await CheckpointWriter.open(store, { ...shared, rank: 0 });
    await refuses(CheckpointWriter.open(store, { ...shared, rank: 1, worldSize: 4 }), "InvalidArgument", "3 ranks");
    await refuses(CheckpointWriter.open(store, { ...shared, step: 6, rank: 1, deadlineMs: 50 }), "Timeout", "rank 0");
    const signal = AbortSignal.timeout(30);
    await refuses(CheckpointWriter.open(store, { ...shared, step: 6, rank: 1, signal }), "Aborted");
    await refuses(CheckpointWriter.open(7 as never, { step: 1 }), "InvalidArgument", "base");
  });
});
