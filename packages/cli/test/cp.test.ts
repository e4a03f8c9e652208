import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { directioBackend } from "@sluice/backend-directio";
import { fsBackend } from "@sluice/backend-fs";
import { memoryBackend, openObject, StoreRegistry } from "@sluice/core";
import { beforeEach, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run } from "./run.js";

const folder = useFolder();
const path = (...names: string[]) => join(folder.path, ...names);
let registry: StoreRegistry;
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path, registry });

beforeEach(() => {
  registry = new StoreRegistry({ plugins: [memoryBackend(), fsBackend()], discovery: false });
});

test("copies an object to another store and back, compressed on the way", async () => {
  await writeFile(path("a b%.txt"), "content\n".repeat(100));
  expect((await sluice("cp", "a b%.txt", "memory://there/dir/", "--zstd")).exitCode).toBe(0);
  expect((await sluice("cp", "memory://there/dir/a b%.txt.zst", "back/", "--decode")).exitCode).toBe(0);
  expect(await readFile(path("back", "a b%.txt"), "utf8")).toBe("content\n".repeat(100));
});

test("with --recursive copies everything below, at any concurrency", async () => {
  await mkdir(path("tree", "deep", "er"), { recursive: true });
  const names = ["a", "deep/b", "deep/er/c d", "deep/er/e#f"];
  for (const name of names) await writeFile(path("tree", name), name);
  for (const concurrency of ["1", "8"]) {
    const target = `memory://copy-${concurrency}/below`;
    const { exitCode, stdout } = await sluice("cp", "-r", "tree", target, "--concurrency", concurrency);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("4 objects, ");
    for (const name of names) {
      const { store, key } = await openObject(`${target}/${name}`, { registry });
      expect(await (await store.get(key)).text()).toBe(name);
    }
  }
});

test("refuses to copy a tree into itself, and a prefix without --recursive", async () => {
  await mkdir(path("tree"));
  await mkdir(path("tree", "deep"));
  await symlink("tree", path("alias"));
  await symlink(path("tree", "deep"), path("inner"));
  registry.register(directioBackend());
  const others = [
    "alias",
    "alias/copy/of",
    "inner/copy",
    `direct://${path("tree", "copy")}`,
    `direct://${path("alias")}`,
  ];
  for (const target of ["tree", "tree/", "tree/copy", ...others]) {
    expect((await sluice("cp", "-r", "tree", target)).exitCode, target).toBe(2);
  }
  await writeFile(path("tree", "a"), "a");
  expect((await sluice("cp", "-r", "tree", "tree-copy")).exitCode).toBe(0);
  expect(await sluice("cp", "tree/", "copy")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("--recursive"),
  });
});

test("the first failure of many stops it, tells what was copied, and leaves nothing half-written", async () => {
  await mkdir(path("tree"));
  for (const name of ["a", "b", "c"]) await writeFile(path("tree", name), name);
  await mkdir(path("target", "b"), { recursive: true });
  await writeFile(path("target", "b", "x"), "in the way");
  const { exitCode, stderr } = await sluice("cp", "-r", "tree", "target", "--concurrency", "1");
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/target\/b.*; copied 1 object before\n$/);
  expect(await readdir(path("target"))).toEqual(["a", "b"]);
});

test("a source whose store knows its checksum is held to it", async () => {
  const { store } = await openObject("memory://there/x", { registry });
  await store.put("x", "content");
  expect((await store.head("x")).storedChecksum).toMatch(/^crc32c:/);
  expect((await sluice("cp", "memory://there/x", "x")).exitCode).toBe(0);
});
