import { open, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatasetPlan, datasetSpecFromJson } from "@sluice/datagen";
import { expect, test } from "vitest";
import { parseDataset } from "../src/parse-dataset.js";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const folder = useFolder();
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path });
const json = (...parameters: string[]) => runJson(parameters, { workingFolder: folder.path });
const path = (...names: string[]) => join(folder.path, ...names);
const filesBelow = async (name: string) =>
  (await readdir(path(name), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path(name).length + 1))
    .sort();

const SPEC = [
  ...["--size", "lognormal:8KiB,1,200KiB", "--count", "60", "--depth", "2", "--fan-out", "3", "--seed", "7"],
  ...["--dedup", "2", "--compress", "1.7", "--block-size", "4KiB", "--dedup-scope", "dataset", "--durability", "none"],
];

test("a structured dataset has the names and sizes of its plan, whatever the concurrency, and verifies", async () => {
  for (const concurrency of ["1", "5"]) {
    expect(await sluice("gen", `set${concurrency}`, ...SPEC, "--concurrency", concurrency)).toMatchObject({
      exitCode: 0,
    });
  }
  const manifest = JSON.parse(await readFile(path("set1", "dataset.json"), "utf8"));
  expect(manifest).toMatchObject({ format: "sluice-dataset", version: 2, totals: { objects: 60 } });
  const plan = new DatasetPlan(datasetSpecFromJson(manifest.spec));
  const planned = [...plan.objects()];
  expect(await filesBelow("set1")).toEqual([...planned.map(({ key }) => key), "dataset.json"].sort());
  expect(new Set(planned.map(({ key }) => key.split("/").slice(0, -1).join("/"))).size).toBe(9);
  for (const { key, recipe } of planned) {
    expect((await stat(path("set1", key))).size).toBe(recipe.size);
    expect((await readFile(path("set1", key))).equals(await readFile(path("set5", key)))).toBe(true);
  }
  expect(await sluice("verify", "set1")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^60 objects good/),
  });
});

test("a wrong bit in one of them is found and named", async () => {
  await sluice("gen", "set", ...SPEC);
  const spec = datasetSpecFromJson(JSON.parse(await readFile(path("set", "dataset.json"), "utf8")).spec);
  const { key } = [...new DatasetPlan(spec).objects()][33] as { key: string };
  const handle = await open(path("set", key), "r+");
  const byte = new Uint8Array(1);
  await handle.read(byte, 0, 1, 100);
  await handle.write(Uint8Array.of((byte[0] as number) ^ 4), 0, 1, 100);
  await handle.close();
  const { exitCode, value } = await json("verify", "set");
  expect(exitCode).toBe(1);
  expect(value["bad"]).toMatchObject([{ key, reason: "damaged", firstBadOffset: 100, badBytes: 1 }]);
});

test("--overwrite replaces one by another and leaves no object of the old", async () => {
  await sluice("gen", "set", ...SPEC);
  expect((await sluice("gen", "set", "--size", "1KiB", "--count", "2", "--overwrite")).exitCode).toBe(0);
  expect(await filesBelow("set")).toEqual(["dataset.json", "object-000000.bin", "object-000001.bin"]);
  const uniform = ["--size", "uniform:0,3000", "--count", "2", "--overwrite", "--zstd=1"];
  expect((await sluice("gen", "set", ...uniform)).exitCode).toBe(0);
  expect(await filesBelow("set")).toEqual(["dataset.json", "object-000000.bin.zst", "object-000001.bin.zst"]);
  expect((await sluice("verify", "set")).exitCode).toBe(0);
});

test("a histogram is read from a file and kept in the manifest", async () => {
  await writeFile(path("sizes.txt"), "# images\n512 3\n\n1KiB-2KiB 1.5 # more\n");
  expect(await sluice("gen", "set", "--size", "histogram:sizes.txt", "--count", "40")).toMatchObject({ exitCode: 0 });
  const { spec } = JSON.parse(await readFile(path("set", "dataset.json"), "utf8"));
  expect(spec.sizes.buckets).toEqual([
    { minBytes: 512, maxBytes: 512, weight: 3 },
    { minBytes: 1024, maxBytes: 2048, weight: 1.5 },
  ]);
  expect((await sluice("verify", "set")).exitCode).toBe(0);
});

test.each([
  [["--size", "lognormal:1KiB"], /is no size: write 64MiB/],
  [["--size", "lognormal:1KiB,0"], /sizes.sigma/],
  [["--size", "uniform:2,1"], /sizes.maxBytes/],
  [["--size", "gauss:1,2"], /is no size/],
  [["--size", "histogram:nowhere.txt"], /nowhere\.txt can't be read/],
  [["--size", "1KiB", "--depth", "9"], /0 to 8/],
  [["--size", "1KiB", "--depth", "4", "--fan-out", "100"], /more than 1000000 folders/],
  [["--size", "1KiB", "--placement", "wide"], /placement/],
  [["--size", "1PiB", "--depth", "1", "--count", "100"], /2\^53/],
])("refuses %j before anything is written", async (options, message) => {
  const { exitCode, stderr } = await sluice("gen", "set", ...options);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
  expect(await readdir(folder.path)).toEqual([]);
});

test("a histogram's bad line is named", async () => {
  await writeFile(path("sizes.txt"), "1KiB 1\n2KiB one\n");
  expect((await sluice("gen", "set", "--size", "histogram:sizes.txt")).stderr).toMatch(
    /sizes\.txt, line 2: "one" is no number/,
  );
});

test("a structured manifest is checked field by field", async () => {
  await sluice("gen", "set", "--size", "uniform:1,100", "--count", "3");
  const text = await readFile(path("set", "dataset.json"), "utf8");
  const changes: ((all: Record<string, unknown>) => object)[] = [
    (all) => ({ ...all, spec: null }),
    (all) => ({ ...all, spec: { ...(all["spec"] as object), count: 4 } }),
    (all) => ({ ...all, spec: { ...(all["spec"] as object), seed: 7 } }),
    (all) => ({ ...all, spec: { ...(all["spec"] as object), more: 7 } }),
    (all) => ({ ...all, spec: { ...(all["spec"] as object), depth: undefined } }),
    (all) => ({ ...all, spec: { ...(all["spec"] as object), sizes: { kind: "normal" } } }),
    (all) => ({ ...all, totals: { objects: 3, bytes: 1, storedBytes: 1 } }),
    (all) => ({ ...all, compression: { codec: "lz4", level: 1 } }),
  ];
  for (const change of changes) {
    const changed = JSON.stringify(change(JSON.parse(text)));
    expect(() => parseDataset(changed, "u"), changed).toThrow(expect.objectContaining({ code: "BadData" }));
  }
});
