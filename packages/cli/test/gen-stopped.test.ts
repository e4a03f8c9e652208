import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { hookedRegistry } from "./hooked-registry.js";
import { run } from "./run.js";

const folder = useFolder();
const GEN = ["gen", "set", "--size", "2MiB", "--count", "9", "--concurrency", "2"];

/** Fires the signal when `count` objects are there. */
function stopAfter(count: number, reason: string) {
  const stop = new AbortController();
  let left = count;
  const registry = hookedRegistry(() => {
    if (--left === 0) stop.abort(reason);
  });
  return { registry, signal: stop.signal, workingFolder: folder.path };
}

async function filesLeft(): Promise<string[]> {
  return readdir(join(folder.path, "set")).catch(() => []);
}

test.each([
  ["SIGINT", 130, "interrupted"],
  ["SIGTERM", 143, "terminated"],
])("%s removes the objects of the run, says so and ends with %d", async (reason, exitCode, word) => {
  const result = await run(GEN, stopAfter(3, reason));
  expect(result).toMatchObject({ exitCode, stdout: "" });
  const [, cancelled, removed] =
    /^sluice: \w+: cancelled ([0-9]+) writers?, removed ([0-9]+) objects?\n$/.exec(result.stderr) ?? [];
  expect(result.stderr.startsWith(`sluice: ${word}: `)).toBe(true);
  expect(Number(cancelled)).toBeLessThanOrEqual(2);
  expect(Number(removed)).toBeGreaterThanOrEqual(3);
  expect(await filesLeft()).toEqual([]);
});

test("an interruption before the first byte, and one with --json", async () => {
  const signal = AbortSignal.abort("SIGINT");
  expect(await run(GEN, { workingFolder: folder.path, signal })).toMatchObject({ exitCode: 130, stdout: "" });
  const result = await run([...GEN, "--json"], stopAfter(1, "SIGINT"));
  expect(result).toMatchObject({ exitCode: 130, stderr: "" });
  expect(JSON.parse(result.stdout)).toMatchObject({ error: { code: "Interrupted" } });
  expect(await filesLeft()).toEqual([]);
});

test("a signal after the manifest is there changes nothing", async () => {
  const result = await run(GEN, stopAfter(10, "SIGINT"));
  expect(result.exitCode).toBe(0);
  expect(await filesLeft()).toHaveLength(10);
});

test("an object that is in the way ends the run, and stays as the only one", async () => {
  await mkdir(join(folder.path, "set"));
  await writeFile(join(folder.path, "set", "object-000004.bin"), "somebody's");
  const result = await run(GEN, { workingFolder: folder.path });
  expect(result.exitCode).toBe(2);
  expect(result.stderr).toMatch(
    /object-000004\.bin is already there; give --overwrite .*; cancelled \d writers?, removed/,
  );
  expect(await filesLeft()).toEqual(["object-000004.bin"]);
  expect(await readFile(join(folder.path, "set", "object-000004.bin"), "utf8")).toBe("somebody's");
});

test("a dataset that came up meanwhile wins", async () => {
  const registry = hookedRegistry((key) => {
    if (key === "object-000000.bin") return writeFile(join(folder.path, "set", "dataset.json"), "{}");
    return undefined;
  });
  const result = await run(["gen", "set", "--size", "1KiB"], { workingFolder: folder.path, registry });
  expect(result.exitCode).toBe(2);
  expect(await filesLeft()).toEqual(["dataset.json"]);
});
