import { spawnSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { memoryBackend, type StoreRegistry } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { hasEnded, type ProcessIdentity, thisProcess } from "../src/process-identity.js";
import { useFolder } from "./folder.js";
import { hookedRegistry } from "./hooked-registry.js";
import { run, runJson } from "./run.js";
import { wrappedRegistry } from "./wrapped-registry.js";

const folder = useFolder();
const GEN = ["--size", "64KiB", "--count", "40", "--durability", "none"];
const gen = (...more: string[]) => run(["gen", "set", ...GEN, ...more], { workingFolder: folder.path });
const path = (...names: string[]) => join(folder.path, ...names);
const CLAIM = "dataset.json.writing";

/** Eight at once, each with a seed of its own. */
async function together(uri: string, registry: StoreRegistry | undefined, ...more: string[]) {
  const options = { workingFolder: folder.path, ...(registry !== undefined && { registry }) };
  const size = ["--size", "64KiB", "--count", "20"];
  return Promise.all(
    Array.from({ length: 8 }, (_, seed) => run(["gen", uri, ...size, ...more, "--seed", String(seed)], options)),
  );
}

describe("eight runs into one place at once", () => {
  test.each([[[]], [["--overwrite"]], [["--overwrite", "--zstd"]], [["--overwrite", "--depth", "1"]]])(
    "with %s: those that are not alone are refused, and the dataset is one run's",
    async (more) => {
      for (let round = 0; round < 2; round++) {
        const results = await together("set", undefined, ...more);
        const good = results.filter(({ exitCode }) => exitCode === 0);
        if (round === 0 || more.length > 0) expect(good.length).toBeGreaterThan(0);
        for (const { exitCode, stderr } of results.filter((result) => !good.includes(result))) {
          expect(exitCode).toBe(2);
          expect(stderr).toMatch(/writes a dataset here, or was killed|is already there/);
        }
        expect((await runJson(["verify", "set"], { workingFolder: folder.path })).value).toMatchObject({ ok: true });
        expect(await readdir(path("set"))).not.toContain(CLAIM);
      }
    },
  );

  test("on a store without conditions none ends well whose objects are another's", async () => {
    const weak = { ifNotExists: false, ifMatch: false };
    const registry = wrappedRegistry(memoryBackend(), ({ capabilities }) => ({
      capabilities: { ...capabilities, ...weak },
    }));
    const results = await together("memory://shared/set", registry, "--overwrite");
    const good = results.filter(({ exitCode }) => exitCode === 0);
    expect(good.length).toBeLessThan(8);
    if (good.length === 0) return;
    const { value } = await runJson(["verify", "memory://shared/set"], { workingFolder: folder.path, registry });
    expect(value).toMatchObject({ ok: true });
  });
});

describe("a run whose objects another writer changes", () => {
  test.each<[string, () => Promise<void>]>([
    ["overwrites", () => writeFile(path("set", "object-000000.bin"), Buffer.alloc(64 << 10))],
    ["removes", () => rm(path("set", "object-000000.bin"))],
    ["claims", () => writeFile(path("set", CLAIM), '{"format":"sluice-gen-claim","version":1,"run":"other"}')],
    ["releases", () => rm(path("set", CLAIM))],
  ])("(%s) ends with 1, writes no manifest and leaves the objects", async (_, change) => {
    let isChanged: Promise<void> | undefined;
    const registry = hookedRegistry((key) => {
      if (key === "object-000005.bin") isChanged ??= change();
    });
    const parameters = ["gen", "set", ...GEN, "--concurrency", "1", "--workers", "1"];
    const { exitCode, stderr } = await run(parameters, { workingFolder: folder.path, registry });
    await isChanged;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/another writer has changed objects below .*; its objects are left as they are\n$/);
    expect(await readdir(path("set"))).not.toContain("dataset.json");
    expect((await readdir(path("set"))).length).toBeGreaterThan(38);
  });
});

describe("the claim of a run that was killed", () => {
  const claimOf = (facts: object) => JSON.stringify({ format: "sluice-gen-claim", version: 1, run: "r", ...facts });
  const began = { host: "h", pid: 7, started: "2026-01-01T00:00:00.000Z" };

  test.skipIf(thisProcess() === undefined)("is replaced if its process has ended, and else stays", async () => {
    const own = thisProcess() as ProcessIdentity;
    const { pid } = spawnSync(process.execPath, ["--version"]);
    await gen();
    await writeFile(path("set", CLAIM), claimOf({ ...began, process: { ...own, pid } }));
    const { exitCode, stderr } = await gen("--overwrite");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr:
        "sluice: goes on where the gen that process 7 on h began at 2026-01-01T00:00:00.000Z has ended without removing its claim\n",
    });
    for (const process of [own, { ...own, pid, scope: "another machine" }, undefined]) {
      await writeFile(path("set", CLAIM), claimOf({ ...began, process }));
      expect(await gen("--overwrite")).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(
          /process 7 on h began at .* or was killed; if it no longer runs, remove file:.*writing/,
        ),
      });
      await rm(path("set", CLAIM));
    }
  });

  test("that can't be read stays", async () => {
    await gen();
    for (const text of ["", "{}", "[]", "no JSON", claimOf({ version: 2 })]) {
      await writeFile(path("set", CLAIM), text);
      expect(await gen("--overwrite")).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/another run writes/),
      });
      expect(await readFile(path("set", CLAIM), "utf8")).toBe(text);
    }
    expect((await run(["verify", "set"], { workingFolder: folder.path })).exitCode).toBe(0);
  });

  test("a number of a process that was given again is another process", () => {
    const own = thisProcess();
    if (own === undefined) return;
    expect(hasEnded(own)).toBe(false);
    expect(hasEnded({ ...own, startTicks: "1" })).toBe(true);
    expect(hasEnded({ ...own, pid: 2 ** 22 + 1 })).toBe(true);
    expect(hasEnded({ ...own, scope: "another", pid: 2 ** 22 + 1 })).toBe(false);
  });
});

test("an interrupted run gives its claim up", async () => {
  const stop = new AbortController();
  const registry = hookedRegistry(() => stop.abort("SIGINT"));
  const result = await run(["gen", "set", ...GEN], { workingFolder: folder.path, registry, signal: stop.signal });
  expect(result.exitCode).toBe(130);
  expect(await readdir(path("set")).catch(() => [])).toEqual([]);
});
