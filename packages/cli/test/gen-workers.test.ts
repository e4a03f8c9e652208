import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CommandRegistry } from "../src/command-registry.js";
import { chooseWorkers } from "../src/workers/choose-workers.js";
import { useFolder } from "./folder.js";
import { run } from "./run.js";

const folder = useFolder();
const SET = ["--size", "1500KiB", "--compress", "2", "--dedup", "2", "--seed", "7", "--durability", "none", "--json"];

async function gen(
  name: string,
  ...more: string[]
): Promise<{ objects: { key: string; checksum: string; storedChecksum: string }[] }> {
  const registry = new CommandRegistry(folder.path);
  const { exitCode, stdout } = await run(["gen", name, ...SET, ...more], { workingFolder: folder.path, registry });
  expect(exitCode, stdout).toBe(0);
  return JSON.parse(stdout);
}

test.each([
  ["--count", "5"],
  ["--count", "5", "--zstd=3"],
  ["--count", "1"],
  ["--count", "1", "--zstd=3"],
])("any number of workers makes the same objects: %s %s %s", async (...set) => {
  const [alone, threads] = [
    await gen("alone", ...set, "--workers", "1"),
    await gen("threads", ...set, "--workers", "3"),
  ];
  expect(threads.objects).toEqual(alone.objects);
  const registry = new CommandRegistry(folder.path);
  const verified = await run(["verify", "threads"], { workingFolder: folder.path, registry });
  expect(verified.exitCode, verified.stderr).toBe(0);
});

test("an interruption with workers leaves nothing", async () => {
  const stop = new AbortController();
  const registry = new CommandRegistry(folder.path);
  const parameters = ["gen", "set", "--size", "64MiB", "--count", "8", "--durability", "none", "--workers", "2"];
  const running = run(parameters, { workingFolder: folder.path, registry, signal: stop.signal });
  // As soon as a thread has begun to write.
  while ((await readdir(join(folder.path, "set")).catch(() => [])).length === 0) await new Promise(setImmediate);
  stop.abort("SIGINT");
  expect((await running).exitCode).toBe(130);
  expect(await readdir(join(folder.path, "set")).catch(() => [])).toEqual([]);
});

test("an object that is in the way is named, and stays as the only one", async () => {
  await mkdir(join(folder.path, "set"));
  await writeFile(join(folder.path, "set", "object-000004.bin"), "somebody's");
  const registry = new CommandRegistry(folder.path);
  const result = await run(["gen", "set", "--size", "1MiB", "--count", "6", "--workers", "2"], {
    workingFolder: folder.path,
    registry,
  });
  expect(result.exitCode).toBe(2);
  expect(result.stderr).toContain("object-000004.bin is already there; give --overwrite");
  expect(await readdir(join(folder.path, "set"))).toEqual(["object-000004.bin"]);
});

test("auto is one thread for little data and for memory, which can't be shared", async () => {
  expect(chooseWorkers("auto", 1 << 20, "file:///data/")).toBe(1);
  expect(chooseWorkers("auto", 2 ** 40, "memory://data/")).toBe(1);
  expect(chooseWorkers(5, 1, "file:///data/")).toBe(5);
  const result = await run(["gen", "memory://set", "--size", "1MiB", "--workers", "2"], { workingFolder: folder.path });
  expect(result).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("can't be shared by --workers") });
});

test.each(["0", "65", "many"])("--workers %s is refused", async (workers) => {
  const result = await run(["gen", "set", "--size", "1MiB", "--workers", workers], { workingFolder: folder.path });
  expect(result.exitCode).toBe(2);
});
