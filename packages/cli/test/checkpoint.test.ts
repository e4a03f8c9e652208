import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeSafetensors } from "@sluice/checkpoint";
import { beforeEach, describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const folder = useFolder();
const sluice = (...parameters: string[]) => run(["checkpoint", ...parameters], { workingFolder: folder.path });
const json = (...parameters: string[]) => runJson(["checkpoint", ...parameters], { workingFolder: folder.path });
const path = (...names: string[]) => join(folder.path, ...names);

beforeEach(async () => {
  await mkdir(path("model"));
  const tensors = { w: { data: new Float32Array([1, 2, 3, 4]), shape: [2, 2] }, b: { data: new Uint8Array([5]) } };
  await writeFile(path("model", "a 0.safetensors"), Buffer.concat([...encodeSafetensors(tensors)]));
  await writeFile(
    path("model", "b.safetensors"),
    Buffer.concat([...encodeSafetensors({ v: { data: new BigInt64Array(3) } })]),
  );
});

describe("sluice checkpoint", () => {
  test("saves files as ranks in the order of their names, and restores them under their names", async () => {
    const saved = await sluice(
      "save",
      "model",
      "run",
      "--step",
      "100",
      "--zstd=1",
      "--strategy",
      "round_robin",
      "--durability",
      "none",
    );
    expect(saved).toMatchObject({ exitCode: 0, stderr: "" });
    expect(saved.stdout).toMatch(/manifests\/ckpt-100-.*\.json: step 100, 2 shards, 225 B, stored as /);
    expect(await sluice("restore", "run", "back")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("step 100, 2 shards"),
    });
    expect(await readdir(path("back"))).toEqual(["a 0.safetensors", "b.safetensors"]);
    for (const name of await readdir(path("back"))) {
      expect(await readFile(path("back", name))).toEqual(await readFile(path("model", name)));
    }
  });

  test("lists, shows and verifies, the latest or another step", async () => {
    await sluice("save", "model", "run", "--step", "1", "--framework", "torch");
    await sluice("save", "model", "run", "--step", "2");
    expect((await sluice("ls", "run")).stdout).toMatch(
      /^step 1 {2}\S+Z {2}2 shards {2}\d+ B {2}torch\nstep 2 .*generic {2}latest\n$/,
    );
    expect((await json("ls", "run")).value).toMatchObject({
      checkpoints: [
        { step: 1, isLatest: false },
        { step: 2, isLatest: true },
      ],
    });
    expect((await sluice("show", "run", "--step", "1")).stdout).toMatch(
      /\nframework: +torch\n[\s\S]*rank 1: shards\/.*crc32c:/,
    );
    expect((await json("show", "run")).value).toMatchObject({ step: 2, manifest: { worldSize: 2, strategy: "flat" } });
    expect(await sluice("verify", "run")).toMatchObject({
      exitCode: 0,
      stdout: "step 2: 2 shards present, sizes fit; bytes not read\n",
    });
    expect((await sluice("verify", "run", "--full")).stdout).toMatch(/^step 2: 2 shards good, 225 B in/);
    expect((await json("verify", "run", "--full")).value).toMatchObject({
      ok: true,
      problems: [],
      full: true,
      bytes: 225,
    });
    expect(await sluice("ls", "nothing")).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringContaining("no checkpoint"),
    });
    expect(await json("ls", "nothing")).toMatchObject({ exitCode: 1, value: { checkpoints: [] } });
    for (const more of [["--keep-last", "1"], ["--dry-run"], ["--grace", "0s"], ["--older-than", "1h"], []]) {
      expect(await sluice("prune", "nothing/nowhere", ...more)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/no checkpoint is below/),
      });
    }
    expect(await readdir(folder.path)).not.toContain("nothing");
  });

  test("names a bad shard with status 1, and says if the latest can't be used", async () => {
    await sluice("save", "model", "run", "--step", "1");
    const { value } = await json("save", "model", "run", "--step", "2");
    const { key } = (value["shards"] as { key: string }[])[1] as { key: string };
    const bytes = await readFile(path("run", key));
    await writeFile(
      path("run", key),
      bytes.map((byte, index) => (index === 70 ? byte ^ 1 : byte)),
    );
    expect(await sluice("verify", "run", "--full")).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/^bad: rank 1: .*\n.*1 of 2 shards bad\n$/),
    });
    expect(await sluice("restore", "run", "back")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("rank 1"),
    });
    expect(await readdir(path("back"))).not.toContain("b.safetensors");
    await rm(path("run", key));
    const verified = await sluice("verify", "run");
    expect(verified).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("is missing"),
      stderr: expect.stringContaining("step 1 is taken"),
    });
    expect((await json("verify", "run")).value).toMatchObject({
      ok: false,
      step: 1,
      fallback: { expected: { step: 2 } },
    });
  });

  test.each([
    ["restore", "run", "back"],
    ["show", "run"],
    ["tensors", "run"],
    ["verify", "run"],
    ["verify", "run", "--full"],
  ])("%s %s --quiet says that an older checkpoint was taken", async (...parameters) => {
    await sluice("save", "model", "run", "--step", "1");
    const { value } = await json("save", "model", "run", "--step", "2");
    expect((await sluice(...parameters, "--quiet")).stderr).toBe("");
    const [shard] = value["shards"] as { key: string }[];
    await rm(path("run", shard?.key ?? ""));
    const told = /^sluice: the latest checkpoint can't be used, step 1 is taken: /;
    expect((await sluice(...parameters, "--quiet")).stderr).toMatch(told);
  });

  test("lists tensors", async () => {
    await sluice("save", "model", "run", "--step", "1", "--zstd");
    expect((await sluice("tensors", "run")).stdout).toBe(
      "rank 0  w  F32 [2, 2]  16 B\nrank 0  b  U8 [1]  1 B\nrank 1  v  I64 [3]  24 B\n",
    );
    expect((await json("tensors", "run", "--rank", "1")).value).toMatchObject({
      entries: [{ name: "v", dtype: "I64", shape: [3] }],
      tensors: 1,
    });
  });

  test("tensors lists the safetensors shards, and names the others, which are not damaged", async () => {
    await writeFile(path("model", "config.json"), '{ "hidden_size": 64 }');
    await writeFile(path("model", "optim.pt"), "PK");
    await writeFile(path("model", "empty"), "");
    await writeFile(path("model", "text"), "no tensors");
    for (const more of [[], ["--zstd"], ["--gzip"]]) {
      await sluice("save", "model", "run", "--step", String(more.length + 1), ...more);
      const { exitCode, stdout, stderr } = await sluice("tensors", "run");
      expect({ exitCode, lines: stdout.split("\n").length - 1 }).toEqual({ exitCode: 0, lines: 3 });
      for (const name of ["config.json", "optim.pt", "empty", "text"])
        expect(stderr).toContain(`(${name}) is no safetensors file: `);
      expect(stderr).not.toMatch(/do not use|another copy/);
      expect((await json("tensors", "run")).value).toMatchObject({ tensors: 3, others: [{}, {}, {}, {}] });
    }
    expect((await sluice("tensors", "run", "--rank", "2")).exitCode).toBe(1);
    await writeFile(path("model", "b.safetensors"), "not what the name says");
    await sluice("save", "model", "run", "--step", "9");
    expect(await sluice("tensors", "run")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/no valid safetensors/),
    });
  });

  test("the help of prune says what is deleted without a rule, and by --older-than alone", async () => {
    const { stdout } = await sluice("prune", "--help");
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
      /with a rule the checkpoints .* --older-than alone deletes all older ones but/,
    );
    for (const step of ["1", "2"]) await sluice("save", "model", "run", "--step", step);
    expect((await json("prune", "run", "--dry-run")).value).toMatchObject({ checkpoints: [] });
    const aged = await json("prune", "run", "--dry-run", "--older-than", "0s");
    expect(aged.value).toMatchObject({ checkpoints: [{ step: 1 }], kept: [{ step: 2 }] });
  });

  test("a fallback names each newer checkpoint that could not be used, and why", async () => {
    const keys: string[] = [];
    for (const step of ["1", "2", "3", "4"]) {
      const { value } = await json("save", "model", "run", "--step", step);
      keys.push((value["shards"] as { key: string }[])[0]?.key as string);
    }
    await rm(path("run", keys[2] as string));
    await writeFile(path("run", keys[3] as string), "short");
    const toldOf = async (): Promise<string> => {
      const { stderr, stdout, exitCode } = await sluice("verify", "run");
      expect({ exitCode, stdout }).toEqual({
        exitCode: 1,
        stdout: expect.stringContaining("step 2: 2 shards present"),
      });
      return stderr;
    };
    expect(await toldOf()).toMatch(/step 2 is taken: .*rank 0.*; step 3 can't be used: rank 0.* is missing/);
    await rm(path("run", "latest.json"));
    expect(await toldOf()).toMatch(
      /latest\.json is missing; step 4 can't be used: rank 0.*; step 3 can't be used: rank 0/,
    );
    expect(((await json("show", "run")).value["fallback"] as { reason: string }).reason).toMatch(/step 4 .*step 3 /);
  });

  test("ls and prune tell what attempts have left that are younger than their time of grace", async () => {
    const { value } = await json("save", "model", "run", "--step", "1");
    await rm(path("run", value["manifestKey"] as string));
    for (const name of ["latest", "latest.json"]) await rm(path("run", name), { recursive: true });
    expect(await sluice("ls", "run")).toMatchObject({
      exitCode: 0,
      stdout: "",
      stderr: expect.stringMatching(
        /no checkpoint is below .*; there are \d objects of uncommitted attempts, which sluice/,
      ),
    });
    const before = (await readdir(path("run"), { recursive: true })).sort();
    for (const more of [["--dry-run"], [], ["--keep-last", "1"]]) {
      expect(await sluice("prune", "run", ...more)).toMatchObject({
        exitCode: 0,
        stderr: "",
        stdout: expect.stringMatching(/^left alone \d objects of uncommitted attempts, younger than --grace$/m),
      });
    }
    expect((await readdir(path("run"), { recursive: true })).sort()).toEqual(before);
    const { value: young } = await json("prune", "run", "--dry-run");
    expect((await json("ls", "run")).value).toEqual({
      ...{ uri: young["uri"], checkpoints: [], leftovers: (young["young"] as string[]).length },
    });
    const { value: old } = await json("prune", "run", "--grace", "0s");
    expect(old).toMatchObject({ young: [], orphans: expect.arrayContaining(young["young"] as string[]) });
  });

  test("prunes by rule, and only tells with --dry-run", async () => {
    for (const step of ["1", "2", "3"]) await sluice("save", "model", "run", "--step", step);
    expect((await sluice("prune", "run", "--keep-last", "1", "--dry-run")).stdout).toMatch(
      /would delete 2 checkpoints, 0 orphans/,
    );
    expect((await json("prune", "run", "--keep-last", "1", "--keep-every", "2")).value).toMatchObject({
      checkpoints: [{ step: 1 }],
      kept: [{ step: 2 }, { step: 3 }],
    });
    expect((await sluice("prune", "run", "--keep-last", "1", "--older-than", "1h")).stdout).toContain(
      "deleted 0 checkpoints",
    );
  });

  test("refuses what can't be meant", async () => {
    await mkdir(path("empty"));
    for (const [parameters, text] of [
      [["save", "empty", "run", "--step", "1"], "no files"],
      [["save", ".", "run", "--step", "1"], "is a folder"],
      [["save", "model", "run"], "--step"],
      [["save", "model", "run", "--step", "-1"], "whole number"],
      [["prune", "run", "--keep-last", "0"], "whole number"],
      [["nonsense"], 'no command "nonsense"'],
      [[], "save, ls, show, verify, restore, tensors, prune"],
    ] as const) {
      expect(await sluice(...parameters), text).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(text) });
    }
    expect(await sluice("show", "empty")).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("no checkpoint"),
    });
    expect(await sluice("save", "nowhere", "run", "--step", "1")).toMatchObject({ exitCode: 3 });
  });

  test("stops when it is interrupted, and nothing is committed", async () => {
    const stop = new AbortController();
    stop.abort("SIGINT");
    const options = { workingFolder: folder.path, signal: stop.signal };
    expect(await run(["checkpoint", "save", "model", "run", "--step", "1"], options)).toMatchObject({ exitCode: 130 });
    expect(await sluice("verify", "run")).toMatchObject({ exitCode: 3 });
  });
});
