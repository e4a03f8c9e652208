import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const folder = useFolder();
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path });
const json = (...parameters: string[]) => runJson(parameters, { workingFolder: folder.path });

test.each([
  [["--size", "4MiB", "--count", "2"]],
  [["--size", "uniform:100KiB,3MiB", "--count", "5", "--dedup-scope", "dataset", "--block-size", "8KiB", "--zstd=1"]],
])("a dataset %j has what its recipe promised", async (options) => {
  await sluice("gen", "set", ...options, "--dedup", "2", "--compress", "1.7", "--durability", "none");
  const { exitCode, value } = await json("measure", "set", "--compressors", "zstd-3");
  expect(exitCode).toBe(0);
  const { recipe, absent } = value as unknown as {
    readonly recipe: { readonly distinctBlocks: { deviation: number }; readonly compress: { deviation: number } };
    readonly absent: readonly string[];
  };
  expect(recipe.distinctBlocks.deviation).toBe(0);
  if (absent.length === 0) expect(Math.abs(recipe.compress.deviation)).toBeLessThan(0.03);
  const { stdout } = await sluice("measure", "set", "--compressors", "none");
  expect(stdout).toMatch(/dedup, 64 KiB +[0-9.]+ {2}\d+ different of \d+\n/);
  expect(stdout).toMatch(/recipe: distinct blocks of \d+ expected \d+, measured \d+ \(\+0\.00 %\)/);
});

test("an object and all below a folder are measured, packed or decoded", async () => {
  const text = "sluice ".repeat(10_000);
  await writeFile(join(folder.path, "a.txt"), text);
  await sluice("put", "a.txt", "below/a.txt", "--gzip");
  const whole = await json("measure", "a.txt", "--compressors", "gzip-6");
  expect(whole.value).toMatchObject({ objects: 1, bytes: text.length, compression: [{ name: "gzip-6" }] });
  const packed = (await readFile(join(folder.path, "below", "a.txt.gz"))).byteLength;
  expect((await json("measure", "below/", "--compressors", "none")).value).toMatchObject({ objects: 1, bytes: packed });
  const decoded = await json("measure", "below/", "--compressors", "none", "--decode");
  expect(decoded.value).toMatchObject({ bytes: text.length });
});

test("what is not there, and compressors nobody knows, are refused", async () => {
  expect((await sluice("measure", "nothing")).exitCode).toBe(3);
  const { exitCode, stderr } = await sluice("measure", "a", "--compressors", "zstd-3,rar");
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/"rar" is no compressor \(known: zstd-1/);
});
