import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fsBackend } from "@sluice/backend-fs";
import { memoryBackend, openStore, StoreRegistry } from "@sluice/core";
import { beforeEach, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run } from "./run.js";

const folder = useFolder();
const path = (...names: string[]) => join(folder.path, ...names);
let registry: StoreRegistry;
const sluice = (line: string) =>
  run(line.split(" "), { workingFolder: folder.path, registry, stdin: "from standard input" });

beforeEach(async () => {
  registry = new StoreRegistry({ plugins: [memoryBackend(), fsBackend()], discovery: false });
  await (await openStore("memory://b", { registry })).put("x", "kept");
  await writeFile(path("f"), "f");
  await mkdir(path("model"));
  await writeFile(path("model", "rank-0"), "0");
  expect((await sluice("checkpoint save model memory://b/run --step 1")).exitCode).toBe(0);
  expect((await sluice("gen memory://b/set --size 4KiB")).exitCode).toBe(0);
});

test.each([
  "cp memory://b/x -",
  "cp - memory://b/x",
  "cp -r memory://b -",
  "cp -r - memory://b/x",
  "put f -",
  "put - -",
  "get - f",
  "cat -",
  "gen - --size 1KiB",
  "ls -",
  "stat -",
  "rm -",
  "rm -r -",
  "measure -",
  "sweep -",
  "verify -",
  "verify memory://b/set --report -",
  "checkpoint save - memory://b/y --step 2",
  "checkpoint save model - --step 2",
  "checkpoint restore memory://b/run -",
  "checkpoint ls -",
  "checkpoint prune -",
])("%s is refused, with the commands that take -", async (line) => {
  for (const isThere of [false, true]) {
    if (isThere) await writeFile(path("-"), "a file of that name");
    const { exitCode, stdout, stderr } = await sluice(line);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/sluice put - URI .* sluice cat URI .* \.\/- means a file/);
    expect(await readdir(folder.path)).toEqual([...(isThere ? ["-"] : []), "f", "model"]);
  }
  expect((await sluice("cat memory://b/x")).stdout).toBe("kept");
});

test("./- is a file, and put, get and cat take - for a stream", async () => {
  expect((await sluice("cp memory://b/x ./-")).exitCode).toBe(0);
  expect(await readFile(path("-"), "utf8")).toBe("kept");
  expect((await sluice("put - memory://b/y")).exitCode).toBe(0);
  expect((await sluice("get memory://b/y -")).stdout).toBe("from standard input");
  expect((await sluice("put ./- memory://b/z")).exitCode).toBe(0);
  expect((await sluice("cat memory://b/z")).stdout).toBe("kept");
});
