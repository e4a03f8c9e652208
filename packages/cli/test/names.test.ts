import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { fsBackend } from "@sluice/backend-fs";
import { memoryBackend, type ObjectStore, openStore, StoreRegistry } from "@sluice/core";
import { beforeEach, describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const folder = useFolder();
const path = (...names: string[]) => join(folder.path, ...names);
let registry: StoreRegistry;
let bucket: ObjectStore;
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path, registry });
const json = (...parameters: string[]) => runJson(parameters, { workingFolder: folder.path, registry });

beforeEach(async () => {
  registry = new StoreRegistry({ plugins: [memoryBackend(), fsBackend()], discovery: false });
  bucket = await openStore("memory://b", { registry });
});

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const entry of store.list()) if (entry.kind === "object") keys.push(entry.key);
  return keys;
}

describe("a compressed target's name", () => {
  test.each([
    ["f.gz", "--gzip=6", "memory://b/", "f.gz.gz"],
    ["f.gz", "--gzip=6", "memory://b/f.gz", "f.gz.gz"],
    ["f.zst", "--zstd=3", "memory://b/", "f.zst.zst"],
    ["f.gz", "--zstd=3", "memory://b/", "f.gz.zst"],
    ["f", "--gzip=6", "memory://b/f.gz", "f.gz"],
    ["f", "--gzip=6", "memory://b/", "f.gz"],
    [".gz", "--gzip=6", "memory://b/", ".gz.gz"],
  ])("put %s %s %s is %s, and --decode gives it back under its own name", async (name, codec, target, key) => {
    const content = name.endsWith(".gz") ? gzipSync("content") : Buffer.from("content");
    await writeFile(path(name), content);
    for (const command of ["put", "cp"]) {
      expect((await json(command, name, target, codec)).value).toMatchObject({ key });
      expect((await json("get", `memory://b/${key}`, `${command}/`, "--decode")).value).toMatchObject({ key: name });
      expect(await readFile(path(command, name))).toEqual(content);
    }
  });

  test("of standard input is the one that was typed", async () => {
    const stdin = { workingFolder: folder.path, registry, stdin: "content" };
    expect((await runJson(["put", "-", "memory://b/x.gz", "--gzip"], stdin)).value).toMatchObject({ key: "x.gz" });
    expect((await runJson(["put", "-", "memory://b/x", "--gzip"], stdin)).value).toMatchObject({ key: "x.gz" });
  });
});

describe("two sources for one target", () => {
  test("cp --recursive --gzip of f and f.gz writes two objects, which --decode gives back", async () => {
    await mkdir(path("tree"));
    const contents = { f: "plain", "f.gz": "named so", "f.gz.gz": "twice" };
    for (const [name, content] of Object.entries(contents)) await writeFile(path("tree", name), content);
    expect((await sluice("cp", "-r", "tree", "memory://b", "--gzip")).exitCode).toBe(0);
    expect(await keysOf(bucket)).toEqual(["f.gz", "f.gz.gz", "f.gz.gz.gz"]);
    expect((await sluice("cp", "-r", "memory://b", "back", "--decode")).exitCode).toBe(0);
    for (const [name, content] of Object.entries(contents))
      expect(await readFile(path("back", name), "utf8")).toBe(content);
  });

  test.each([
    [["f", "f.gz"]],
    [["f.gz", "f.zst"]],
    [["d/f", "d/f!", "d/f-1", "d/f.a", "d/f.zst", "d/g"]],
    [["a", "f.gz", "f.gz.a", "f.gz.zst", "f.h", "f.zst", "g"]],
    [["f.gz.gz", "f.gz.zst", "g"]],
  ])("%s are refused by cp --recursive --decode before anything is written", async (keys) => {
    for (const key of keys) await bucket.put(key, gzipSync("content"));
    for (const more of [[], ["--keep-going"], ["--zstd"]]) {
      const { exitCode, stderr } = await sluice("cp", "-r", "memory://b", "target", "--decode", ...more);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/have one name when they are decoded/);
      expect(await readdir(folder.path)).toEqual([]);
    }
  });

  test("names that only look alike are not refused", async () => {
    const keys = ["f", "f.a", "f.gz.a", "fa.gz", "g.gz", "i/f", "h.gz.gz"];
    for (const key of keys) await bucket.put(key, key.endsWith(".gz") ? gzipSync(gzipSync(key)) : key);
    expect((await sluice("cp", "-r", "memory://b", "target", "--decode")).exitCode).toBe(0);
    expect((await readdir(path("target"))).sort()).toEqual(["f", "f.a", "f.gz.a", "fa", "g", "h.gz", "i"].sort());
  });
});

describe("an object whose key ends in /", () => {
  beforeEach(async () => {
    await bucket.put("d/", "");
    await bucket.put("d/a", "a");
    await bucket.put("d/e/", "");
    await bucket.put("d/e/b", "b");
  });

  test("is read, told and removed by its name", async () => {
    await bucket.put("data/", "content");
    expect((await sluice("cat", "memory://b/data/")).stdout).toBe("content");
    expect((await json("stat", "memory://b/data/")).value).toMatchObject({ key: "data/", size: 7 });
    expect((await sluice("get", "memory://b/data/", "file")).exitCode).toBe(0);
    expect((await sluice("cp", "memory://b/data/", "memory://c/x")).exitCode).toBe(0);
    expect((await sluice("cp", "memory://b/data/", "memory://c/", "--gzip")).stderr).toMatch(/has no name behind/);
    expect((await json("rm", "memory://b/data/")).value).toMatchObject({ removed: 1 });
    expect((await json("rm", "memory://b/d/e/")).value).toMatchObject({ removed: 1 });
    expect(await keysOf(bucket)).toEqual(["d/", "d/a", "d/e/b"]);
  });

  test("is listed, also below itself", async () => {
    expect((await sluice("ls", "memory://b/d")).stdout).toBe('""\na\ne/\n');
    expect((await json("ls", "-r", "memory://b/d/e/")).value).toMatchObject({
      objects: 2,
      entries: [{ key: "", uri: "memory://b/d/e/" }, { key: "b" }],
    });
    await bucket.put("alone/", "");
    expect((await sluice("ls", "memory://b/alone")).exitCode).toBe(0);
  });

  test.each(["memory://b/d", "memory://b/d/", "memory://b"])("is removed by rm --recursive %s", async (uri) => {
    expect(await json("rm", "-r", uri)).toMatchObject({ exitCode: 0, value: { removed: 4 } });
    expect(await keysOf(bucket)).toEqual([]);
  });

  test("is a folder for cp --recursive to files, and an object to a bucket", async () => {
    for (const source of ["memory://b/d", "memory://b/d/"]) {
      expect(await json("cp", "-r", source, "target")).toMatchObject({
        exitCode: 0,
        value: { objects: 2, skipped: 2 },
      });
      expect((await readdir(path("target"), { recursive: true })).sort()).toEqual(["a", "e", "e/b"]);
    }
    expect((await sluice("cp", "-r", "memory://b", "target2")).stdout).toMatch(
      /2 objects, .*, 2 folder markers skipped/,
    );
    expect((await sluice("cp", "-r", "memory://b", "memory://c", "--gzip")).exitCode).toBe(0);
    expect(await keysOf(await openStore("memory://c", { registry }))).toEqual(["d/", "d/a.gz", "d/e/", "d/e/b.gz"]);
  });

  test("with bytes is no folder: it stops cp --recursive to files, and is told by --keep-going", async () => {
    await bucket.put("d/e/", "bytes");
    expect((await sluice("cp", "-r", "memory://b/d", "target")).exitCode).toBe(2);
    const { exitCode, stderr } = await sluice("cp", "-r", "memory://b/d", "target", "--keep-going");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^sluice: not copied: .*d\/e\/.*\n$/);
    expect((await readdir(path("target"), { recursive: true })).sort()).toEqual(["a", "e", "e/b"]);
  });

  test("alone is nothing to copy to files", async () => {
    await bucket.put("alone/", "");
    expect(await sluice("cp", "-r", "memory://b/alone", "target")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/nothing is below .*, 1 folder marker skipped/),
    });
  });
});

describe("keys that the target can't hold", () => {
  const odd = ["a//b", "./c", "x/../y", `${"n".repeat(300)}`, "/first"];

  test.each(odd)("%s stops cp --recursive, or is told by --keep-going", async (key) => {
    await bucket.put(key, "odd");
    await bucket.put("z", "z");
    const stopped = await sluice("cp", "-r", "memory://b", "target");
    expect(stopped.exitCode).not.toBe(0);
    expect(stopped.stderr).toContain(key);
    const { exitCode, value } = await json("cp", "-r", "memory://b", "target", "--keep-going");
    expect({ exitCode, value }).toMatchObject({ exitCode: 1, value: { objects: 1, failed: 1 } });
    expect(value["failures"]).toMatchObject([{ uri: bucket.uriOf(key) }]);
    expect(await readdir(path("target"))).toEqual(["z"]);
    expect(await readFile(path("target", "z"), "utf8")).toBe("z");
  });
});
