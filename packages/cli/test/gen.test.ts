import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRecipe, DataGenerator, deriveObjectSeed } from "@sluice/datagen";
import { expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const folder = useFolder();
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path });
const path = (...names: string[]) => join(folder.path, ...names);

async function hashes(name: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const file of (await readdir(path(name))).sort()) {
    found[file] = createHash("sha256")
      .update(await readFile(path(name, file)))
      .digest("hex");
  }
  return found;
}

test("gives the same bytes, manifest included, whatever the concurrency", async () => {
  const recipe = ["--size", "300KiB", "--count", "7", "--dedup", "2", "--compress", "3", "--seed", "42"];
  for (const name of ["one", "four"]) {
    const concurrency = name === "one" ? "1" : "4";
    expect((await sluice("gen", name, ...recipe, "--concurrency", concurrency)).exitCode).toBe(0);
  }
  const one = await hashes("one");
  expect(Object.keys(one)).toEqual([
    "dataset.json",
    ...Array.from({ length: 7 }, (_, index) => `object-00000${index}.bin`),
  ]);
  expect(await hashes("four")).toEqual(one);
});

test("object i has the seed derived for it, and the manifest tells everything", async () => {
  await sluice("gen", "set", "--size", "70000", "--count", "2", "--seed", "7", "--block-size", "4KiB");
  const manifest = JSON.parse(await readFile(path("set", "dataset.json"), "utf8"));
  expect(manifest).toMatchObject({
    format: "sluice-dataset",
    version: 1,
    recipe: { version: 1, seed: "7", size: 70_000, blockSize: 4096, dedup: 1, compress: 1, count: 2 },
    compression: "none",
    totals: { objects: 2, bytes: 140_000, storedBytes: 140_000 },
  });
  const seed = deriveObjectSeed(7n, 1);
  expect(manifest.objects[1]).toMatchObject({
    key: "object-000001.bin",
    index: 1,
    seed: seed.toString(),
    size: 70_000,
  });
  const expected = new Uint8Array(70_000);
  new DataGenerator(createRecipe({ seed, size: 70_000, blockSize: 4096 })).fill(expected, 0);
  expect((await readFile(path("set", "object-000001.bin"))).equals(expected)).toBe(true);
});

test("without a seed it takes a random one and tells it", async () => {
  const first = await runJson(["gen", "a", "--size", "1KiB"], { workingFolder: folder.path });
  const second = await sluice("gen", "b", "--size", "1KiB", "--durability", "none");
  const { seed } = first.value["recipe"] as { seed: string };
  expect(seed).toMatch(/^[0-9]+$/);
  expect(second.stdout).toMatch(/seed [0-9]+/);
  expect(second.stdout).not.toContain(seed);
});

test("refuses a dataset that is there, and replaces it with --overwrite, its surplus objects too", async () => {
  await sluice("gen", "set", "--size", "10KiB", "--count", "3");
  await writeFile(path("set", "other.bin"), "other");
  const before = await hashes("set");
  const refused = await sluice("gen", "set", "--size", "10KiB");
  expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
  expect(refused.stderr).toMatch(/^sluice: file:.*\/set\/dataset\.json is already there; give --overwrite .*\n$/);
  expect(await hashes("set")).toEqual(before);
  expect((await sluice("gen", "set", "--size", "9KiB", "--count", "2", "--gzip", "--overwrite")).exitCode).toBe(0);
  expect((await readdir(path("set"))).sort()).toEqual([
    "dataset.json",
    "object-000000.bin.gz",
    "object-000001.bin.gz",
    "other.bin",
  ]);
  expect((await sluice("verify", "set")).exitCode).toBe(0);
});

test("--overwrite removes no objects but those of datasets, whatever a manifest says", async () => {
  await sluice("gen", "set", "--size", "1KiB", "--count", "2");
  const manifest = (await readFile(path("set", "dataset.json"), "utf8")).replace("object-000001.bin", "precious.txt");
  await writeFile(path("set", "dataset.json"), manifest);
  await writeFile(path("set", "precious.txt"), "precious");
  expect((await sluice("gen", "set", "--size", "1KiB", "--overwrite")).exitCode).toBe(0);
  expect(await readdir(path("set"))).toContain("precious.txt");
});

test.each([
  ["other JSON", '{"mine":1}'],
  ["no JSON", "notes"],
  ["an empty file", ""],
  ["another format", '{"format":"sluice-verify","version":1}'],
  ["a list", "[1]"],
  ["bytes that are no text", Buffer.alloc(100_000, 0xff)],
])("--overwrite refuses %s under the manifest's name, and leaves it", async (_name, content) => {
  await mkdir(path("set"));
  await writeFile(path("set", "dataset.json"), content);
  for (const more of [[], ["--depth", "1"], ["--zstd"]]) {
    expect(await sluice("gen", "set", "--size", "1KiB", "--overwrite", ...more)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/dataset\.json is no dataset's, and --overwrite replaces datasets alone/),
    });
    expect(await readFile(path("set", "dataset.json"))).toEqual(Buffer.from(content));
    expect(await readdir(path("set"))).toEqual(["dataset.json"]);
  }
});

test("--overwrite replaces a manifest that is cut off, or of a later version", async () => {
  await sluice("gen", "set", "--size", "1KiB");
  const manifest = await readFile(path("set", "dataset.json"), "utf8");
  for (const damaged of [manifest.slice(0, 60), manifest.replace('"version": 1', '"version": 9')]) {
    await writeFile(path("set", "dataset.json"), damaged);
    expect((await sluice("gen", "set", "--size", "1KiB", "--overwrite")).exitCode).toBe(0);
    expect((await sluice("verify", "set")).exitCode).toBe(0);
  }
});

test("zstd and gzip datasets are named so, and verify", async () => {
  for (const [codec, extension] of [
    ["zstd", "zst"],
    ["gzip", "gz"],
  ]) {
    const options = ["--size", "200KiB", "--count", "2", "--compress", "4", `--${codec}=5`];
    expect((await sluice("gen", `set ${codec}`, ...options)).exitCode).toBe(0);
    const manifest = JSON.parse(await readFile(path(`set ${codec}`, "dataset.json"), "utf8"));
    expect(manifest.compression).toEqual({ codec, level: 5 });
    expect(manifest.objects[0].key).toBe(`object-000000.bin.${extension}`);
    expect(manifest.objects[0].storedSize).toBeLessThan(manifest.objects[0].size / 2);
    expect(await sluice("verify", `set ${codec}`)).toMatchObject({ exitCode: 0, stderr: "" });
  }
});

test("empty objects are objects", async () => {
  expect((await sluice("gen", "set", "--size", "0", "--count", "2")).exitCode).toBe(0);
  expect((await sluice("verify", "set")).stdout).toMatch(/^2 objects good/);
});
