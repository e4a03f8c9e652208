import { readdirSync, readFileSync } from "node:fs";
import { createMemoryStore } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { CheckpointWriter, type Environment, readLauncher } from "../src/index.js";
import { refuses } from "./refuses.js";

const FIXTURES = new URL("fixtures/launchers/", import.meta.url);

interface Launch {
  readonly command: string;
  readonly ranks: readonly Environment[];
  readonly expected: readonly (object | null)[];
}

const LAUNCHES = readdirSync(FIXTURES).map((name): readonly [string, Launch] => {
  const launch = JSON.parse(readFileSync(new URL(name, FIXTURES), "utf8")) as Launch;
  return [name.replace(".json", ""), launch];
});
const environmentsOf = (name: string) => new Map(LAUNCHES).get(name)?.ranks ?? [];
const open = (options: object) => CheckpointWriter.open(createMemoryStore(), { step: 1, deadlineMs: 50, ...options });

describe("17 real launches", () => {
  test("A1 are all there", () => expect(LAUNCHES.length).toBe(17));

  test.each(LAUNCHES)("A2 %s: each process is who its launcher started", async (_name, { ranks, expected }) => {
    expect(ranks.length).toBe(expected.length);
    for (const [index, environment] of ranks.entries()) {
      if (expected[index] !== null) {
        const { launcher, rank, worldSize, runId = null } = readLauncher(environment) ?? {};
        expect({ launcher, rank, worldSize, runId }, `process ${index}`).toEqual(expected[index]);
      } else if (environment["SLURM_ARRAY_TASK_ID"] === undefined) {
        expect(readLauncher(environment)).toBeUndefined();
      } else {
        await refuses(() => readLauncher(environment), "InvalidArgument", 'SLURM_ARRAY_TASK_ID="');
      }
    }
  });

  test.each(["hydra", "mpich", "sbatch-hydra-fork", "sbatch-hydra-slurm"])(
    "A3 %s: ranks that nothing tells from another start's are refused without a runId",
    async (name) => {
      for (const environment of environmentsOf(name)) {
        await refuses(open({ environment }), "InvalidArgument", /rank \d of \d, as Hydra says.*runId/);
      }
      const writer = await open({ environment: environmentsOf(name)[0], runId: "x" });
      expect(writer).toMatchObject({ rank: 0, launcher: "Hydra" });
    },
  );

  test("A4 a batch script without srun saves alone, and waits for nobody", async () => {
    for (const environment of environmentsOf("sbatch")) {
      const writer = await open({ environment });
      expect([writer.rank, writer.worldSize, writer.launcher]).toEqual([undefined, 1, undefined]);
      expect((await writer.saveAll(["all"])).isLatest).toBe(true);
    }
  });

  test("A5 the tasks of an array are refused, unless worldSize or launcher says what they are", async () => {
    const environment = environmentsOf("array")[0] as Environment;
    await refuses(open({ environment }), "InvalidArgument", "SLURM_ARRAY_TASK_COUNT");
    expect(await open({ environment, launcher: "none" })).toMatchObject({ worldSize: 1 });
    const given = { environment, rank: 0, worldSize: 4, runId: "array 6" };
    expect(await open(given)).toMatchObject({ rank: 0, worldSize: 4 });
  });
});

describe("what launchers say in other places", () => {
  const srun = {
    SLURM_JOB_ID: "5",
    SLURM_STEP_ID: "1",
    SLURM_CLUSTER_NAME: "c",
    SLURM_PROCID: "1",
    SLURM_STEP_NUM_TASKS: "2",
  };
  const torch = { RANK: "9", WORLD_SIZE: "16", TORCHELASTIC_RUN_ID: "x", TORCHELASTIC_RESTART_COUNT: "1" };
  const ompi = { OMPI_COMM_WORLD_RANK: "1", OMPI_COMM_WORLD_SIZE: "4" };
  test.each<[string, Environment, object | undefined]>([
    ["torchrun", torch, { launcher: "torchrun", rank: 9, worldSize: 16, runId: "torchrun x 1" }],
    [
      "torchrun without an id",
      { ...torch, TORCHELASTIC_RUN_ID: "none" },
      { launcher: "torchrun", rank: 9, worldSize: 16 },
    ],
    [
      "torchrun in srun in sbatch",
      { ...srun, ...torch, SLURM_NTASKS: "4" },
      { launcher: "torchrun", rank: 9, worldSize: 16, runId: "torchrun x 1" },
    ],
    [
      "torchrun without an id in srun",
      { ...srun, ...torch, TORCHELASTIC_RUN_ID: "none" },
      { launcher: "torchrun", rank: 9, worldSize: 16 },
    ],
    [
      "RANK and WORLD_SIZE that a script took from srun",
      { ...srun, RANK: "1", WORLD_SIZE: "2" },
      { launcher: "torchrun", rank: 1, worldSize: 2, runId: "slurm c 5 1 " },
    ],
    [
      "mpirun in srun, without a random key",
      { ...srun, ...ompi, PMIX_NAMESPACE: "77" },
      { launcher: "Open MPI", rank: 1, worldSize: 4 },
    ],
    [
      "srun after a requeue",
      { ...srun, SLURM_RESTART_COUNT: "3" },
      { launcher: "srun", rank: 1, worldSize: 2, runId: "slurm c 5 1 3" },
    ],
    ["srun with pmix", { ...srun, PMIX_RANK: "1" }, { launcher: "srun", rank: 1, worldSize: 2, runId: "slurm c 5 1 " }],
    ["an interactive shell of salloc", { ...srun, SLURM_STEP_ID: "4294967290" }, undefined],
    ["a shell within an allocation", { SLURM_JOB_ID: "5", SLURM_NTASKS: "4" }, undefined],
    ["an Indexed Job", { JOB_COMPLETION_INDEX: "4" }, { launcher: "Kubernetes", rank: 4 }],
    [
      "mpirun in an Indexed Job",
      { JOB_COMPLETION_INDEX: "4", ...ompi },
      { launcher: "Open MPI", rank: 1, worldSize: 4 },
    ],
    [
      "mpirun_rsh",
      { MV2_COMM_WORLD_RANK: "1", MV2_COMM_WORLD_SIZE: "2", MV2_COMM_WORLD_LOCAL_RANK: "0" },
      { launcher: "MVAPICH2", rank: 1, worldSize: 2 },
    ],
    [
      "flux run",
      { FLUX_TASK_RANK: "1", FLUX_JOB_SIZE: "2", FLUX_TASK_LOCAL_ID: "1", FLUX_JOB_ID: "f5" },
      { launcher: "Flux", rank: 1, worldSize: 2 },
    ],
    [
      "flux run with its PMI",
      { FLUX_TASK_RANK: "1", FLUX_JOB_SIZE: "2", PMI_RANK: "1", PMI_SIZE: "2", PALS_RANKID: "1" },
      { launcher: "Hydra", rank: 1, worldSize: 2 },
    ],
    [
      "mpirun within a task of Flux",
      { FLUX_TASK_RANK: "0", FLUX_JOB_SIZE: "1", ...ompi },
      { launcher: "Open MPI", rank: 1, worldSize: 4 },
    ],
    [
      "jsrun with PMIx",
      { JSM_NAMESPACE_RANK: "3", JSM_NAMESPACE_SIZE: "4", JSM_NAMESPACE_LOCAL_RANK: "1", PMIX_RANK: "3" },
      { launcher: "jsrun", rank: 3, worldSize: 4 },
    ],
    [
      "PALS",
      { PALS_RANKID: "3", PALS_LOCAL_RANKID: "1", PMI_RANK: "3", PMI_SIZE: "4", PMI_LOCAL_RANK: "1" },
      { launcher: "Hydra", rank: 3, worldSize: 4 },
    ],
    [
      "srun in a container that has no job id",
      { SLURM_STEP_ID: "1", SLURM_PROCID: "1", SLURM_STEP_NUM_TASKS: "2", SLURM_LOCALID: "1" },
      { launcher: "srun", rank: 1, worldSize: 2 },
    ],
    [
      "jobs that are no arrays",
      { SGE_TASK_ID: "undefined", LSB_JOBINDEX: "0", CLOUD_RUN_TASK_INDEX: "0", CLOUD_RUN_TASK_COUNT: "1" },
      undefined,
    ],
    ["a variable of a training", { LORA_RANK: "16" }, undefined],
    [
      "empty variables",
      { RANK: "", WORLD_SIZE: "", OMPI_COMM_WORLD_RANK: "", PMI_RANK: "", SLURM_STEP_ID: "" },
      undefined,
    ],
    ["nobody", { HOME: "/root" }, undefined],
  ])("A6 %s", (_name, environment, facts) => {
    expect(readLauncher(environment)).toEqual(facts);
  });

  test.each<[string, Environment, string]>([
    ["RANK without WORLD_SIZE", { RANK: "3" }, 'RANK="3": WORLD_SIZE is not set'],
    ["WORLD_SIZE without RANK", { WORLD_SIZE: "3" }, "RANK is not set"],
    ["an empty WORLD_SIZE", { RANK: "3", WORLD_SIZE: "" }, "WORLD_SIZE is not set"],
    ["a run of torchrun without ranks", { TORCHELASTIC_RUN_ID: "x" }, "RANK and WORLD_SIZE are not set"],
    ["half of Open MPI", { OMPI_COMM_WORLD_SIZE: "4" }, "OMPI_COMM_WORLD_RANK is not set"],
    ["half of Hydra", { PMI_RANK: "0" }, "PMI_SIZE is not set"],
    ["a step without a size", { ...srun, SLURM_STEP_NUM_TASKS: "" }, "SLURM_STEP_NUM_TASKS is not set"],
    ["a rank beyond the size", { RANK: "8", WORLD_SIZE: "8" }, "no rank 8 of 8"],
    ["a size of 0", { PMI_RANK: "0", PMI_SIZE: "0" }, "no rank 0 of 0"],
    ["a rank that is no number", { OMPI_COMM_WORLD_RANK: "one", OMPI_COMM_WORLD_SIZE: "2" }, "whole number"],
    ["a negative rank", { PMI_RANK: "-1", PMI_SIZE: "2" }, "whole number"],
    ["a rank with a blank", { RANK: " 1", WORLD_SIZE: "2" }, "whole number"],
    ["two MPIs that contradict each other", { ...ompi, PMI_RANK: "0", PMI_SIZE: "4" }, "Open MPI and Hydra contradict"],
    ["RANK of another tool within srun", { ...srun, RANK: "0", WORLD_SIZE: "2" }, "torchrun and srun contradict"],
    ["RANK of another tool within mpirun", { ...ompi, RANK: "0", WORLD_SIZE: "1" }, "torchrun and Open MPI contradict"],
    ["PMIX_RANK alone", { PMIX_RANK: "1" }, "the number of ranks is not told"],
    ["PMIX_RANK beside another rank of Open MPI", { ...ompi, PMIX_RANK: "2" }, "two ranks are told"],
    ["PMIX_RANK beside another rank of srun", { ...srun, PMIX_RANK: "0" }, "two ranks are told"],
    ["PALS_RANKID alone", { PALS_RANKID: "0" }, "the number of ranks is not told"],
    ["PALS_RANKID with what its mpiexec was given", { PALS_RANKID: "1", PALS_NRANKS: "2" }, "is not told"],
    ["PALS_RANKID beside another rank", { PALS_RANKID: "1", PMI_RANK: "0", PMI_SIZE: "2" }, "two ranks are told"],
    ["ALPS_APP_PE alone", { ALPS_APP_PE: "1" }, "the number of ranks is not told"],
    ["half of MVAPICH2", { MV2_COMM_WORLD_RANK: "1" }, "MV2_COMM_WORLD_SIZE is not set"],
    ["half of Flux", { FLUX_TASK_RANK: "1" }, "FLUX_JOB_SIZE is not set"],
    ["half of jsrun", { JSM_NAMESPACE_SIZE: "4" }, "JSM_NAMESPACE_RANK is not set"],
    ["a rank of Flux beyond the size", { FLUX_TASK_RANK: "2", FLUX_JOB_SIZE: "2" }, "no rank 2 of 2"],
    [
      "MVAPICH2 and Hydra that contradict each other",
      { MV2_COMM_WORLD_RANK: "1", MV2_COMM_WORLD_SIZE: "2", PMI_RANK: "0", PMI_SIZE: "2" },
      "MVAPICH2 and Hydra contradict",
    ],
    [
      "RANK of another tool within Flux",
      { FLUX_TASK_RANK: "1", FLUX_JOB_SIZE: "2", RANK: "0", WORLD_SIZE: "1" },
      "torchrun and Flux contradict",
    ],
    ["an index that is none", { JOB_COMPLETION_INDEX: "x" }, "whole number"],
  ])("A7 %s is refused, with the variables", async (_name, environment, text) => {
    const error = await refuses(() => readLauncher(environment), "InvalidArgument", text);
    const named = Object.entries(environment).filter(([name, value]) => error.message.includes(`${name}="${value}"`));
    expect(named.length, error.message).toBeGreaterThan(0);
    await refuses(open({ environment }), "InvalidArgument", text);
    expect(await open({ environment, launcher: "none" })).toMatchObject({ worldSize: 1, launcher: undefined });
  });

  test.each<[string, Environment, string]>([
    ["a container with a task's number", { SLURM_PROCID: "1", SLURM_NTASKS: "2" }, "SLURM_STEP_ID is not set"],
    ["a container with the first task's number", { SLURM_PROCID: "0", SLURM_NTASKS: "2" }, "SLURM_STEP_ID is not set"],
    ["a job's second task", { SLURM_JOB_ID: "5", SLURM_PROCID: "1", SLURM_NTASKS: "2" }, "SLURM_STEP_ID is not set"],
    ["a node's second task", { SLURM_JOB_ID: "5", SLURM_LOCALID: "1" }, "SLURM_STEP_ID is not set"],
    ["half of a step", { SLURM_JOB_ID: "5", SLURM_PROCID: "0", SLURM_STEP_NUM_TASKS: "2" }, "SLURM_STEP_ID is not set"],
    ["LOCAL_RANK alone", { LOCAL_RANK: "0" }, "the number of ranks is not told"],
    ["MPI_LOCALRANKID alone", { MPI_LOCALRANKID: "1", MPI_LOCALNRANKS: "2" }, "the number of ranks is not told"],
    ["NODE_RANK alone", { NODE_RANK: "1" }, "the number of ranks is not told"],
    ["Horovod", { HOROVOD_RANK: "1", HOROVOD_SIZE: "2" }, "the number of ranks is not told"],
    ["a node of AWS Batch", { AWS_BATCH_JOB_NODE_INDEX: "1" }, "the number of ranks is not told"],
    ["an array of PBS", { PBS_ARRAY_INDEX: "3" }, "a task of an array"],
    ["an array of Grid Engine", { SGE_TASK_ID: "3", SGE_TASK_LAST: "4" }, "a task of an array"],
    ["an array of LSF", { LSB_JOBINDEX: "3" }, "a task of an array"],
    ["a task of Cloud Run", { CLOUD_RUN_TASK_INDEX: "0", CLOUD_RUN_TASK_COUNT: "2" }, "a task of an array"],
  ])(
    "A10 %s is refused, with the variables, unless worldSize or launcher is given",
    async (_name, environment, text) => {
      const error = await refuses(() => readLauncher(environment), "InvalidArgument", text);
      for (const [name, value] of Object.entries(environment)) {
        if (!/NRANKS|HOROVOD_SIZE/.test(name)) expect(error.message).toContain(`${name}="${value}"`);
      }
      await refuses(open({ environment }), "InvalidArgument", text);
      expect(await open({ environment, launcher: "none" })).toMatchObject({ worldSize: 1, launcher: undefined });
      const given = { environment, rank: 0, worldSize: 2, runId: "r" };
      expect(await open(given)).toMatchObject({ rank: 0, worldSize: 2, launcher: undefined });
    },
  );

  test.each<[string, object, string]>([
    ["another worldSize than srun's", { worldSize: 8 }, "worldSize is given as 8, and srun says 2"],
    ["a worldSize of 1", { worldSize: 1 }, "worldSize is given as 1"],
    ["another rank", { rank: 0 }, "rank is given as 0, and srun says 1"],
    ["another rank, with a timestamp", { rank: 0, ts: "t" }, "rank is given as 0"],
    ["an unknown launcher", { launcher: "srun" }, 'launcher must be "none"'],
  ])("A8 %s is refused", async (_name, options, text) => {
    await refuses(open({ environment: srun, ...options }), "InvalidArgument", text);
  });

  test("A9 what is given and agrees is taken; launcher none takes only what is given", async () => {
    expect(await open({ environment: srun, rank: 1, worldSize: 2, ts: "t" })).toMatchObject({
      rank: 1,
      launcher: "srun",
    });
    const own = await open({ environment: srun, launcher: "none", rank: 0, worldSize: 8, runId: "r" });
    expect(own).toMatchObject({ rank: 0, worldSize: 8, launcher: undefined });
    const alone = await open({ environment: { ...srun, SLURM_PROCID: "0", SLURM_STEP_NUM_TASKS: "1" }, worldSize: 8 });
    expect([alone.rank, alone.worldSize]).toEqual([undefined, 8]);
    await refuses(open({ environment: { JOB_COMPLETION_INDEX: "0" } }), "InvalidArgument", "give worldSize");
    await refuses(open({ environment: { ...srun, SLURM_JOB_ID: "" } }), "InvalidArgument", "runId");
    await refuses(
      open({ environment: srun }),
      "Timeout",
      "this process is rank 1 of 2, as srun says; rank 0 has not begun",
    );
  });
});
