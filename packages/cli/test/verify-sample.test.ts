import { appendFile, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sampleRanges } from "@sluice/datagen";
import { beforeEach, describe, expect, test } from "vitest";
import { flip } from "./flip.js";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const folder = useFolder();
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path });
const json = (...parameters: string[]) => runJson(parameters, { workingFolder: folder.path });
const path = (...names: string[]) => join(folder.path, ...names);

const objectOf = (index: number) => `object-${String(index).padStart(6, "0")}.bin`;

beforeEach(async () => {
  await sluice("gen", "set", "--size", "8MiB", "--count", "4", "--seed", "3", "--durability", "none");
});

describe("planted faults of one bit", () => {
  test("are all found, and their blocks listed", async () => {
    const places = [
      [0, 0],
      [0, 65_536 * 3 + 5],
      [1, (8 << 20) - 1],
      [3, 65_536],
      [3, 65_536 * 2],
    ] as const;
    for (const [index, offset] of places) await flip(path("set", objectOf(index)), offset);
    const { exitCode, value } = await json("verify", "set", "--report", "report.jsonl");
    expect(exitCode).toBe(1);
    expect(value["bad"]).toMatchObject([
      {
        index: 0,
        badBytes: 2,
        badRanges: [
          { first: 0, last: 0 },
          { first: 3, last: 3 },
        ],
      },
      { index: 1, badBytes: 1, badRanges: [{ first: 127, last: 127 }] },
      { index: 3, badBytes: 2, badRanges: [{ first: 1, last: 2 }] },
    ]);
    const [header, ...lines] = (await readFile(path("report.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({ format: "sluice-verify", version: 1, sample: null });
    expect(lines.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3]);
    expect(lines.filter(({ ok }) => !ok)).toHaveLength(3);
  });
});

describe("a sample", () => {
  test("reads its share, the same one for the same seed, and finds what lies in it", async () => {
    const good = await json("verify", "set", "--sample", "25%", "--sample-seed", "5");
    expect(good).toMatchObject({ exitCode: 0, value: { sample: { share: 0.25, seed: "5", bytes: 8 << 20 } } });
    const ranges = [...sampleRanges(8 << 20, 0.25, 5n, 2)];
    expect(ranges).toHaveLength(2);
    const inside = (ranges[1]?.start ?? 0) + 1000;
    const outside = Array.from({ length: 8 }, (_, piece) => piece << 20).find(
      (start) => !ranges.some((range) => range.start === start),
    );
    await flip(path("set", objectOf(2)), outside ?? 0);
    expect((await json("verify", "set", "--sample", "25%", "--sample-seed", "5")).exitCode).toBe(0);
    await flip(path("set", objectOf(2)), inside);
    const { exitCode, value } = await json("verify", "set", "--sample", "25%", "--sample-seed", "5");
    expect(exitCode).toBe(1);
    expect(value["bad"]).toMatchObject([{ index: 2, firstBadOffset: inside, badBytes: 1 }]);
  });

  test("sees an object of another length, and takes a random seed that it tells", async () => {
    await truncate(path("set", objectOf(1)), 1000);
    const { value } = await json("verify", "set", "--sample", "100%");
    expect(value["bad"]).toMatchObject([{ index: 1, damage: "the object has 1000 bytes, its recipe 8388608" }]);
    expect((value["sample"] as { seed: string }).seed).toMatch(/^[0-9]+$/);
  });

  test("is refused where it can't be drawn", async () => {
    expect((await sluice("verify", "set", "--sample", "2")).stderr).toMatch(/is no share/);
    expect((await sluice("verify", "set", "--sample-seed", "2")).stderr).toMatch(/goes with --sample/);
    expect((await sluice("verify", "set", "--resume")).stderr).toMatch(/goes with --report/);
    expect((await sluice("verify", "set", "--checksum", "crc32c:00000000", "--sample", "1%")).exitCode).toBe(2);
    await sluice("gen", "gz", "--size", "1KiB", "--gzip");
    expect((await sluice("verify", "gz", "--sample", "1%")).stderr).toMatch(/gzip can't be read by range/);
  });
});

describe("a report", () => {
  test("of a stopped run is gone on with: what is done is not read again", async () => {
    await flip(path("set", objectOf(0)), 7);
    await sluice("verify", "set", "--report", "r.jsonl");
    const [header, ...lines] = (await readFile(path("r.jsonl"), "utf8")).trim().split("\n") as [string, ...string[]];
    const done = lines.filter((line) => [0, 2].includes(JSON.parse(line).index));
    await writeFile(path("r.jsonl"), `${[header, ...done].join("\n")}\n{"index":1,"o`);
    // It would be found bad if it were read again.
    await rm(path("set", objectOf(2)));
    await rm(path("set", objectOf(3)));
    const { exitCode, value } = await json("verify", "set", "--report", "r.jsonl", "--resume");
    expect(exitCode).toBe(1);
    expect(value["bad"]).toMatchObject([
      { index: 0, reason: "damaged", firstBadOffset: 7 },
      { index: 3, reason: "missing" },
    ]);
    const after = (await readFile(path("r.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => JSON.parse(line));
    expect(after.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3]);
  });

  test("of another sample, or with a line that is none, is not gone on with", async () => {
    await sluice("verify", "set", "--report", "r.jsonl");
    const resumed = (...more: string[]) => sluice("verify", "set", "--report", "r.jsonl", "--resume", ...more);
    expect(await resumed("--sample", "10%")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/no report of this/),
    });
    await appendFile(path("r.jsonl"), '{"index":99,"ok":true}\n');
    expect(await resumed()).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/line 6: it is no result/) });
  });

  test("is begun by --resume where there is none", async () => {
    expect((await sluice("verify", "set", "--report", "new.jsonl", "--resume")).exitCode).toBe(0);
    expect((await readFile(path("new.jsonl"), "utf8")).split("\n")).toHaveLength(6);
  });
});

describe("an object that a sample draws nothing of", () => {
  const small = async (...more: string[]) => {
    await sluice("gen", "small", "--size", "64KiB", "--count", "200", "--seed", "3", "--durability", "none", ...more);
  };
  const sampled = (...more: string[]) => json("verify", "small", "--sample", "0.1%", "--sample-seed", "1", ...more);

  test("is read in a block at least: what is missing, cut, longer or overwritten is bad", async () => {
    await small();
    const good = await sampled();
    expect(good).toMatchObject({
      exitCode: 0,
      value: { ok: true, objects: 200, objectsRead: 200, bytesRead: 200 << 16 },
    });
    await rm(path("small", objectOf(3)));
    await truncate(path("small", objectOf(50)), 0);
    await appendFile(path("small", objectOf(100)), "x");
    await writeFile(path("small", objectOf(199)), Buffer.alloc(64 << 10));
    const { exitCode, value } = await sampled();
    expect(exitCode).toBe(1);
    expect(value["bad"]).toMatchObject([
      { index: 3, reason: "missing" },
      { index: 50, damage: "the object has 0 bytes, its recipe 65536" },
      { index: 100, damage: "the object has 65537 bytes, its recipe 65536" },
      { index: 199, reason: "damaged", badBlocks: 1 },
    ]);
  });

  test("is looked at where the object is empty, drawn in size, or compressed", async () => {
    await small("--zstd");
    await rm(path("small", `${objectOf(7)}.zst`));
    await appendFile(path("small", `${objectOf(9)}.zst`), Buffer.alloc(1));
    expect((await sampled()).value["bad"]).toMatchObject([{ index: 7 }, { index: 9 }]);
    await sluice("gen", "empty", "--size", "0", "--count", "3", "--durability", "none");
    expect((await json("verify", "empty", "--sample", "1%")).value).toMatchObject({ ok: true, objectsRead: 3 });
    await rm(path("empty", objectOf(1)));
    expect((await json("verify", "empty", "--sample", "1%")).value["bad"]).toMatchObject([
      { index: 1, reason: "missing" },
    ]);
    await sluice("gen", "drawn", "--size", "uniform:1KiB,9KiB", "--count", "50", "--durability", "none");
    await rm(path("drawn", objectOf(49)));
    expect((await json("verify", "drawn", "--sample", "0.01%")).value["bad"]).toMatchObject([{ index: 49 }]);
  });

  test("is not called good: the text says what was read", async () => {
    await sluice("gen", "large", "--size", "3MiB", "--count", "2", "--seed", "1", "--durability", "none");
    expect((await sluice("verify", "large", "--sample", "0.1%")).stdout).toMatch(
      /^2 objects there in the right size; 128 KiB of 6 MiB read and good, in .*, sample seed [0-9]+\n$/,
    );
  });
});

test("a dataset without objects is no dataset", async () => {
  const manifest = JSON.parse(await readFile(path("set", "dataset.json"), "utf8"));
  manifest.recipe.count = 0;
  const none = { ...manifest, objects: [], totals: { objects: 0, bytes: 0, storedBytes: 0 } };
  await writeFile(path("set", "dataset.json"), JSON.stringify(none));
  expect(await sluice("verify", "set")).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/at least one/) });
});

test("a report of one place says nothing of a copy elsewhere, and a finished one leaves nothing to be looked at", async () => {
  await sluice("cp", "-r", "set", "copy", "--durability", "none");
  await sluice("verify", "set", "--report", "r.jsonl");
  await rm(path("copy", objectOf(1)));
  expect(await sluice("verify", "copy", "--report", "r.jsonl", "--resume")).toMatchObject({ exitCode: 2 });
  const report = await readFile(path("r.jsonl"), "utf8");
  for (const more of [[], ["--quiet"], ["--concurrency", "1"]]) {
    expect(await sluice("verify", "set", "--report", "r.jsonl", "--resume", ...more)).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringMatching(/the report has all 4 objects, and none was looked at; leave --resume out/),
    });
  }
  const { exitCode, value } = await json("verify", "set", "--report", "r.jsonl", "--resume");
  expect([exitCode, value]).toEqual([1, { error: expect.objectContaining({ code: "NothingDone" }) }]);
  expect(await readFile(path("r.jsonl"), "utf8")).toBe(report);
  await writeFile(path("r.jsonl"), report.slice(0, report.trimEnd().lastIndexOf("\n") + 1));
  expect((await json("verify", "set", "--report", "r.jsonl", "--resume")).value).toMatchObject({
    ...{ ok: true, objectsRead: 1, earlierObjects: 3 },
  });
});
