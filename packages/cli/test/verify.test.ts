import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32c } from "@sluice/core";
import { beforeEach, describe, expect, test } from "vitest";
import { flip } from "./flip.js";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const folder = useFolder();
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path });
const json = (...parameters: string[]) => runJson(parameters, { workingFolder: folder.path });
const path = (...names: string[]) => join(folder.path, ...names);

describe("a dataset", () => {
  beforeEach(async () => {
    await sluice("gen", "set", "--size", "256KiB", "--count", "5", "--seed", "3");
  });

  test("is good by its folder, with and without a final slash, and by its manifest", async () => {
    for (const uri of ["set", "./set/", path("set"), `file://${path("set")}`, "set/dataset.json"]) {
      const { exitCode, stdout, stderr } = await sluice("verify", uri);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(stdout).toMatch(/^5 objects good, 1\.25 MiB in .*\/s\n$/);
    }
  });

  test("with a flipped byte is bad: object, offset and block are named", async () => {
    await flip(path("set", "object-000003.bin"), 200_000);
    const { exitCode, stdout } = await sluice("verify", "set", "--concurrency", "3");
    expect(exitCode).toBe(1);
    expect(stdout).toBe(
      `bad: file://${path("set", "object-000003.bin")}: from offset 200000 (block 3) on, 1 bad block, 1 bad byte\n1 of 5 objects bad\n`,
    );
  });

  test("with truncated, lengthened and missing objects is bad, and all are named in order", async () => {
    await truncate(path("set", "object-000001.bin"), 100_000);
    await rm(path("set", "object-000004.bin"));
    await writeFile(path("set", "object-000002.bin"), "more", { flag: "a" });
    const { exitCode, value } = await json("verify", "set", "--concurrency", "5");
    expect(exitCode).toBe(1);
    expect(value).toMatchObject({ ok: false, objects: 5, badObjects: 3 });
    expect(value["bad"]).toMatchObject([
      { key: "object-000001.bin", reason: "damaged", actualBytes: 100_000, firstBadOffset: 100_000, firstBadBlock: 1 },
      { key: "object-000002.bin", reason: "damaged", actualBytes: 262_148, firstBadOffset: 262_144, badBytes: 0 },
      { key: "object-000004.bin", reason: "missing" },
    ]);
    expect((await sluice("verify", "set")).stdout).toMatch(/object-000004\.bin: missing\n3 of 5 objects bad\n$/);
  });

  test("whose manifest has another checksum is bad", async () => {
    const manifest = await readFile(path("set", "dataset.json"), "utf8");
    await writeFile(
      path("set", "dataset.json"),
      manifest.replace(/"checksum":"crc32c:[0-9a-f]{8}"/, '"checksum":"crc32c:00000000"'),
    );
    const { exitCode, stdout } = await sluice("verify", "set");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/object-000000\.bin: the bytes are right, but the manifest has another checksum/);
  });

  test("is bad even with --quiet, and silent with it if it is good", async () => {
    expect(await sluice("verify", "set", "-q")).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    await rm(path("set", "object-000000.bin"));
    expect((await sluice("verify", "set", "-q")).stdout).toMatch(/missing/);
  });
});

test("a damaged compressed object is bad", async () => {
  await sluice("gen", "set", "--size", "256KiB", "--count", "2", "--zstd", "--compress", "2");
  await flip(path("set", "object-000001.bin.zst"), 50_000);
  const { exitCode, value } = await json("verify", "set");
  expect(exitCode).toBe(1);
  expect(value["bad"]).toMatchObject([{ key: "object-000001.bin.zst", reason: "damaged", damage: expect.any(String) }]);
});

test("where there is no dataset it says so, and ends with 3", async () => {
  const { exitCode, stderr } = await sluice("verify", "nothing");
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/^sluice: no dataset: there is no file:.*dataset\.json; give the folder .*--checksum\n$/);
});

describe("an object's checksum", () => {
  const good = crc32c(Buffer.from("content"));

  test("as stored and decoded, good and bad", async () => {
    await writeFile(path("a.txt"), "content");
    await sluice("put", "a.txt", "b.txt", "--gzip");
    expect((await sluice("verify", "a.txt", "--checksum", good)).exitCode).toBe(0);
    expect((await sluice("verify", "b.txt.gz", "--checksum", good, "--decode")).exitCode).toBe(0);
    const { exitCode, value } = await json("verify", "b.txt.gz", "--checksum", good);
    expect(exitCode).toBe(1);
    expect(value).toMatchObject({ ok: false, expected: good });
    await truncate(path("b.txt.gz"), 15);
    const damaged = await sluice("verify", "b.txt.gz", "--checksum", good, "--decode");
    expect(damaged).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^bad: file:/) });
  });

  test("must have its form, and --decode needs it", async () => {
    expect(await sluice("verify", "a.txt", "--checksum", "abc")).toMatchObject({ exitCode: 2, stdout: "" });
    expect(await sluice("verify", "a.txt", "--decode")).toMatchObject({ exitCode: 2, stdout: "" });
    expect(await sluice("verify", "nothing", "--checksum", good)).toMatchObject({ exitCode: 3, stdout: "" });
  });
});
