import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const folder = useFolder();
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path });
const path = (...names: string[]) => join(folder.path, ...names);
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

describe("measure --keep-going tells what can't be read, and measures the rest", () => {
  const good = randomBytes(300_000);

  beforeEach(async () => {
    await mkdir(path("mixed"));
    await writeFile(path("mixed", "a.gz"), gzipSync(good));
    await writeFile(path("mixed", "z.gz"), gzipSync(good));
  });

  test.each<[string, string | Uint8Array, number]>([
    ["that is no gzip", "plain text, named .gz by mistake", 0],
    ["that is empty", "", 0],
    [
      "with a wrong checksum",
      gzipSync(good).map((byte, index, { length }) => (index === length - 6 ? byte ^ 1 : byte)),
      1,
    ],
    ["that is cut", gzipSync(good).subarray(0, 200_000), 1],
  ])("a .gz %s", async (_, bytes, partial) => {
    await writeFile(path("mixed", "m.gz"), bytes);
    expect((await sluice("measure", "mixed/", "--decode", "--compressors", "none")).exitCode).toBe(1);
    const command = ["measure", "mixed/", "--decode", "--compressors", "none", "--keep-going"];
    const { exitCode, stderr, stdout } = await sluice(...command);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^sluice: not measured: file:\S+m\.gz: the (gzip data is damaged: .*|object is no gzip data; .*)\n$/,
    );
    expect(/; its first \S+ \w+ were measured/.test(stderr)).toBe(partial === 1);
    expect(stdout).toContain(`: ${2 + partial} objects, `);
    const { value } = await json(...command);
    expect(value).toMatchObject({ failures: [{ code: "ChecksumMismatch" }], objects: 2 + partial });
    expect(value["bytes"]).toBeGreaterThanOrEqual(2 * good.byteLength);
  });

  test("a missing object of a dataset", async () => {
    await sluice("gen", "set", "--size", "8KiB", "--count", "3", "--durability", "none");
    await rm(path("set", "object-000001.bin"));
    const { exitCode, value } = await json("measure", "set", "--compressors", "none", "--keep-going");
    expect({ exitCode, value }).toMatchObject({ exitCode: 1, value: { objects: 2, failures: [{ code: "NotFound" }] } });
  });
});

test("what is not there, and compressors nobody knows, are refused", async () => {
  expect((await sluice("measure", "nothing")).exitCode).toBe(3);
  const { exitCode, stderr } = await sluice("measure", "a", "--compressors", "zstd-3,rar");
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/"rar" is no compressor \(known: zstd-1/);
  expect((await sluice("measure", "a", "--compressors", "none,lz4")).stderr).toMatch(/none goes with no other name/);
});
