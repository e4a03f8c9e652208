import { createMemoryStore } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { CheckpointWriter, type CheckpointWriterOptions, readLauncher } from "../src/index.js";
import { ranksSuite } from "./ranks-suite.js";
import { refuses } from "./refuses.js";
import { HARNESSES, keysOf } from "./stores.js";

const shared = { step: 5, worldSize: 3, runId: "job 1", environment: {}, deadlineMs: 10_000 };

describe("the launcher's environment", () => {
  test.each([
    [
      "torchrun",
      { RANK: "3", WORLD_SIZE: "8", TORCHELASTIC_RUN_ID: "x", TORCHELASTIC_RESTART_COUNT: "1" },
      { rank: 3, worldSize: 8, runId: "torchrun x 1" },
    ],
    [
      "srun",
      { SLURM_PROCID: "3", SLURM_NTASKS: "8", SLURM_JOB_ID: "77" },
      { rank: 3, worldSize: 8, runId: "srun 77  " },
    ],
    [
      "mpirun within srun",
      { OMPI_COMM_WORLD_RANK: "1", OMPI_COMM_WORLD_SIZE: "2", SLURM_PROCID: "0", SLURM_NTASKS: "1" },
      { rank: 1, worldSize: 2 },
    ],
    ["a Kubernetes Indexed Job", { JOB_COMPLETION_INDEX: "4" }, { rank: 4 }],
    ["nobody", { HOME: "/root", RANK: "" }, {}],
  ])("R1 of %s is understood", (_name, environment, facts) => {
    expect(readLauncher(environment)).toEqual(facts);
  });

  test("R2 gives rank, world size and run to a writer; options go first", async () => {
    const environment = { SLURM_PROCID: "0", SLURM_NTASKS: "4", SLURM_JOB_ID: "7" };
    const writer = await CheckpointWriter.open(createMemoryStore(), { step: 1, environment });
    expect(writer).toMatchObject({ rank: 0, worldSize: 4 });
    const given = await CheckpointWriter.open(createMemoryStore(), { step: 1, rank: 2, ts: "t", environment });
    expect(given).toMatchObject({ rank: 2, worldSize: 4, id: { step: 1, ts: "t" } });
    const own = await CheckpointWriter.open(createMemoryStore(), { step: 1, worldSize: 2, environment });
    expect(own.rank).toBeUndefined();
    const indexed = { JOB_COMPLETION_INDEX: "0" };
    expect(
      await CheckpointWriter.open(createMemoryStore(), { step: 1, worldSize: 2, runId: "j", environment: indexed }),
    ).toMatchObject({ rank: 0 });
    await refuses(() => readLauncher({ RANK: "one" }), "InvalidArgument", "RANK");
  });
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
