import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const RANKS = 3;
const folder = useFolder();
const path = (...names: string[]) => join(folder.path, ...names);
const save = (variables: object, ...parameters: string[]) =>
  run(["checkpoint", "save", ...parameters, "run", "--step", "7"], {
    workingFolder: folder.path,
    variables: { ...variables },
  });
const srun = (rank: number, step = 0) => ({
  ...{ SLURM_CLUSTER_NAME: "c", SLURM_JOB_ID: "5", SLURM_STEP_ID: String(step) },
  ...{ SLURM_PROCID: String(rank), SLURM_STEP_NUM_TASKS: String(RANKS), SLURM_NTASKS: "8" },
});
const hydra = (rank: number) => ({
  PMI_RANK: String(rank),
  PMI_SIZE: String(RANKS),
  SLURM_PROCID: "0",
  SLURM_NTASKS: "3",
});
const everyRank = <T>(work: (rank: number) => Promise<T>) =>
  Promise.all(Array.from({ length: RANKS }, (_, rank) => work(rank)));
const checkpoints = async () => {
  const { value } = await runJson(["checkpoint", "ls", "run"], { workingFolder: folder.path });
  return (value["checkpoints"] as { manifest: { worldSize: number } }[]).map(({ manifest }) => manifest.worldSize);
};

beforeEach(async () => {
  for (let rank = 0; rank < RANKS; rank++) {
    for (const name of ["model", `own ${rank}`]) await mkdir(path(name), { recursive: true });
    await writeFile(path("model", `part ${rank}`), `bytes of ${rank}`);
    await writeFile(path(`own ${rank}`, "weights"), `bytes of ${rank}`);
  }
});

describe("sluice checkpoint save, started as ranks", () => {
  test.each([
    ["one folder of all files", (_: number) => "model"],
    ["a folder of each rank", (rank: number) => `own ${rank}`],
  ])("saves one checkpoint from %s, and says who it takes itself for", async (_name, folderOf) => {
    const results = await everyRank((rank) => save(srun(rank), folderOf(rank)));
    for (const [rank, { exitCode, stdout, stderr }] of results.entries()) {
      expect([exitCode, stderr]).toEqual([
        0,
        `sluice: this process is rank ${rank} of 3, as srun says; it waits for the other ranks\n`,
      ]);
      expect(stdout).toContain("step 7, 3 shards");
    }
    expect(await checkpoints()).toEqual([3]);
    await run(["checkpoint", "restore", "run", "back"], { workingFolder: folder.path });
    const names = (await readdir(path("back"))).sort();
    expect(names).toEqual([0, 1, 2].map((rank) => (folderOf(0) === "model" ? `part ${rank}` : `rank-${rank}.bin`)));
    for (const [rank, name] of names.entries())
      expect(await readFile(path("back", name), "utf8")).toBe(`bytes of ${rank}`);
  });

  test("tells rank and launcher in JSON, of options without a launcher null", async () => {
    const results = await everyRank((rank) => {
      const options = ["--rank", String(rank), "--world-size", "3", "--run-id", "x", "--launcher", "none"];
      const parameters = ["checkpoint", "save", "model", "run", "--step", "7", ...options];
      return runJson(parameters, { workingFolder: folder.path, variables: srun(0) });
    });
    expect(results.map(({ value }) => [value["rank"], value["launcher"], value["worldSize"]])).toEqual([
      [0, null, 3],
      [1, null, 3],
      [2, null, 3],
    ]);
  });

  test("refuses a second start with the same run id and other files, and keeps the first", async () => {
    await everyRank((rank) => save(hydra(rank), "model", "--run-id", "x"));
    await writeFile(path("model", "part 1"), "other bytes");
    const second = await everyRank((rank) => save(hydra(rank), "model", "--run-id", "x"));
    expect(second[1]).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/already saved step 7 with other bytes.*--run-id/),
    });
    expect(await checkpoints()).toEqual([3]);
    const verified = await run(["checkpoint", "verify", "run", "--full"], { workingFolder: folder.path });
    expect(verified).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("3 shards good") });
    const third = await everyRank((rank) => save(hydra(rank), "model", "--run-id", "y"));
    expect(third.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(await checkpoints()).toEqual([3, 3]);
  });

  test.each<[string, object, string[], RegExp]>([
    ["ranks that nothing tells from another start's", hydra(1), ["model"], /rank 1 of 3, as Hydra says.*runId/],
    [
      "a world size that the launcher contradicts",
      srun(0),
      ["model", "--world-size", "2"],
      /srun says 3.*--launcher none/,
    ],
    ["a rank that the launcher contradicts", srun(0), ["model", "--rank", "1"], /srun says 0/],
    ["a task of an array", { SLURM_ARRAY_TASK_ID: "3" }, ["model"], /SLURM_ARRAY_TASK_ID="3"/],
    ["half of a launcher", { RANK: "0" }, ["model"], /RANK="0": WORLD_SIZE is not set/],
    ["a rank without a size", {}, ["model", "--rank", "0"], /--rank needs --world-size/],
    ["another number of files", {}, ["model", "--world-size", "2"], /has 3 files, and --world-size is 2/],
    [
      "a folder of other files",
      { ...srun(0), SLURM_STEP_NUM_TASKS: "4" },
      ["model"],
      /rank 0 of 4.*has 3 files.*--launcher none/,
    ],
  ])("refuses %s", async (_name, variables, parameters, text) => {
    expect(await save(variables, ...parameters)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(text) });
    expect(await readdir(folder.path)).not.toContain("run");
  });

  test.each<[string, object, string[]]>([
    ["a batch script", { SLURM_JOB_ID: "5", SLURM_PROCID: "0", SLURM_NTASKS: "4" }, []],
    ["a step of one task", { ...srun(0), SLURM_STEP_NUM_TASKS: "1" }, []],
    ["--launcher none", srun(1), ["--launcher", "none"]],
    ["no launcher", {}, []],
  ])("saves all files alone: %s", async (_name, variables, parameters) => {
    expect(await save(variables, "model", ...parameters)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await checkpoints()).toEqual([3]);
  });
});
