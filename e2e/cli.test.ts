import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";

const SLUICE = join(dirname(createRequire(import.meta.url).resolve("@sluice/cli/package.json")), "dist", "bin.js");

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-cli-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function start(...parameters: string[]) {
  const child = spawn(process.execPath, [SLUICE, ...parameters], { stdio: ["ignore", "pipe", "pipe"] });
  const stderr = text(child.stderr);
  const ended = once(child, "exit").then(async ([code]) => ({ code: code as number | null, stderr: await stderr }));
  return { child, ended };
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s during gen cancels, cleans up, says so and ends with %i", async (signal, status) => {
  const { child, ended } = start("gen", `${folder}/set`, "--count", "1000", "--size", "64MiB", "--durability", "none");
  // Interrupted once objects are there and others are under way.
  while ((await readdir(join(folder, "set")).catch(() => [])).filter((name) => name.startsWith("object")).length < 3);
  child.kill(signal);
  const { code, stderr } = await ended;
  expect(stderr).toMatch(/cancelled \d+ writers?, removed \d+ objects?/);
  expect(code).toBe(status);
  expect(await readdir(join(folder, "set"))).toEqual([]);
});

test("two signals at once are one: gen cleans up", async () => {
  const { child, ended } = start("gen", `${folder}/set`, "--count", "1000", "--size", "8MiB", "--workers", "1");
  while ((await readdir(join(folder, "set")).catch(() => [])).filter((name) => name.startsWith("object")).length < 3);
  child.kill("SIGINT");
  child.kill("SIGTERM");
  const { code, stderr } = await ended;
  expect(stderr).toMatch(/cancelled \d+ writers?, removed \d+ objects?/);
  expect([130, 143]).toContain(code);
  expect(await readdir(join(folder, "set"))).toEqual([]);
});

test("a reader that closes the pipe ends cat quietly", async () => {
  const made = await start("gen", `${folder}/set`, "--size", "64MiB", "--durability", "none").ended;
  expect(made.code).toBe(0);
  const { child, ended } = start("cat", `${folder}/set/object-000000.bin`);
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect(await ended).toEqual({ code: 0, stderr: "" });
});

test("exit codes: 0 good, 1 bad data, 2 usage, 3 storage", async () => {
  const { child, ended } = start("put", SLUICE, `${folder}/object`, "--json");
  const { checksum } = JSON.parse(await text(child.stdout)) as { checksum: string };
  expect((await ended).code).toBe(0);
  const exitCode = async (...parameters: string[]) => (await start(...parameters).ended).code;
  expect(await exitCode("verify", `${folder}/object`, "--checksum", checksum)).toBe(0);
  expect(await exitCode("verify", `${folder}/object`, "--checksum", "crc32c:00000000")).toBe(1);
  expect(await exitCode("verify", `${folder}/object`, "--checksum", "md5")).toBe(2);
  expect(await exitCode("stat", `${folder}/nothing`)).toBe(3);
});

test("of eight processes that gen --overwrite one place at once, those that end well made the dataset that is there", async () => {
  const size = ["--size", "256KiB", "--count", "100", "--durability", "none", "--overwrite"];
  for (let round = 0; round < 2; round++) {
    const seeds = Array.from({ length: 8 }, (_, seed) => String(seed));
    const runs = await Promise.all(seeds.map((seed) => start("gen", `${folder}/set`, ...size, "--seed", seed).ended));
    const refused = runs.filter(({ code }) => code !== 0);
    expect(refused.length).toBeLessThan(8);
    for (const { code, stderr } of refused) {
      expect(stderr).toMatch(/writes a dataset here, or was killed/);
      expect(code).toBe(2);
    }
    expect(await start("verify", `${folder}/set`).ended).toMatchObject({ code: 0, stderr: "" });
  }
});

test("gen --overwrite goes on where a gen was killed", async () => {
  const { child, ended } = start("gen", `${folder}/set`, "--count", "1000", "--size", "64MiB", "--durability", "none");
  while ((await readdir(join(folder, "set")).catch(() => [])).length < 3);
  child.kill("SIGKILL");
  await ended;
  const again = await start("gen", `${folder}/set`, "--count", "2", "--size", "1MiB", "--overwrite").ended;
  expect(again).toEqual({ code: 0, stderr: expect.stringMatching(/^sluice: goes on where the gen that process/) });
  expect(await start("verify", `${folder}/set`).ended).toMatchObject({ code: 0, stderr: "" });
});
