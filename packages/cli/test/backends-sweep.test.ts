import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openFsStore } from "@sluice/backend-fs";
import { expect, test } from "vitest";
import { CommandRegistry } from "../src/command-registry.js";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const folder = useFolder();
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path });

test("backends tells what is installed, and how to install the rest", async () => {
  const { stdout } = await sluice("backends");
  expect(stdout).toMatch(/^fs +file: +@sluice\/backend-fs$/m);
  expect(stdout).toMatch(/^- +s3: +npm install @sluice\/backend-s3$/m);
  const { value } = await runJson(["backends"], { workingFolder: folder.path });
  expect(value["installed"]).toContainEqual({ name: "fs", schemes: ["file"], package: "@sluice/backend-fs" });
  expect(value["missing"]).toContainEqual({ schemes: ["s3"], package: "@sluice/backend-s3" });
  expect(value["problems"]).toEqual([]);
});

test("an unknown scheme names the package to install", async () => {
  for (const parameters of [
    ["ls", "s3://bucket/x"],
    ["cp", "a", "az://container/"],
    ["gen", "direct:///x", "--size", "1"],
  ]) {
    await writeFile(join(folder.path, "a"), "");
    const { exitCode, stderr } = await sluice(...parameters);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^sluice: no backend for \w+: .*npm install @sluice\/backend-(s3|azure|directio).*\n$/);
  }
});

test.each([
  ["foo.bar=1", /-o foo\.bar: no backend has the scheme foo \(known: .*file.*s3.*az/],
  ["fs.durability=none", /no backend has the scheme fs .*; write file\.durability=…/],
  ["FS.x=1", /no backend has the scheme fs /],
  ["azure.partBytes=67108864", /no backend has the scheme azure/],
  ["constructor.x=1", /no backend has the scheme constructor/],
])("-o %s, of a scheme that no backend has, is refused", async (option, message) => {
  await writeFile(join(folder.path, "a"), "a");
  for (const command of ["put a b", "ls .", "rm a", "backends", "checkpoint ls .", "put a b -o file.durability=none"]) {
    const { exitCode, stderr } = await sluice(...command.split(" "), "-o", option);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  }
  expect(await readdir(folder.path)).toEqual(["a"]);
});

test("-o of a backend that is not installed, or that no URI is of, is not refused", async () => {
  await writeFile(join(folder.path, "a"), "a");
  const options = ["-o", "file.durability=none", "-o", "az.partBytes=67108864", "-o", "memory.x=1"];
  expect((await sluice("put", "a", "b", ...options)).exitCode).toBe(0);
});

test("the command's registry has files, direct files and memory, and finds the backends of the folder it runs in", async () => {
  await writeFile(
    join(folder.path, "package.json"),
    JSON.stringify({ sluice: { backends: ["./backend.mjs", "./broken.mjs"] } }),
  );
  await writeFile(
    join(folder.path, "backend.mjs"),
    'export const createBackend = () => ({ name: "x", schemes: ["x"], base: "authority", open: async () => null });',
  );
  const registry = new CommandRegistry(folder.path);
  expect([...registry.backends().keys()]).toEqual(["memory", "file", "direct"]);
  expect((await registry.resolve("x")).name).toBe("x");
  expect((await registry.discover()).join()).toMatch(/broken\.mjs could not be loaded/);
  await expect(registry.resolve("nonsense")).rejects.toMatchObject({ code: "Unsupported" });
});

test("sweep removes what killed writers left, and with --dry-run only tells", async () => {
  const writer = await openFsStore(folder.path).createWriter("a");
  await writer.writeChunk(new Uint8Array(1 << 20));
  const [temp = ""] = await readdir(folder.path);
  await utimes(join(folder.path, temp), 0, 0);
  expect((await sluice("sweep", ".", "--dry-run")).stdout).toMatch(/\nwould remove 1 stale upload, /);
  const { value } = await runJson(["sweep", ".", "--older-than", "48h"], { workingFolder: folder.path });
  expect(value["uploads"]).toMatchObject([{ name: expect.stringContaining(temp), bytes: expect.any(Number) }]);
  expect(await readdir(folder.path)).toEqual([]);
  expect((await sluice("sweep", ".")).stdout).toBe("removed 0 stale uploads, 0 B\n");
  await writer.cancel();
});
