import { lstat, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const folder = useFolder();
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path });
const json = (...parameters: string[]) => runJson(parameters, { workingFolder: folder.path });
const path = (...names: string[]) => join(folder.path, ...names);

beforeEach(async () => {
  await mkdir(path("tree", "deep"), { recursive: true });
  await writeFile(path("tree", "a b%20#.bin"), Buffer.alloc(1536));
  await writeFile(path("tree", "deep", "c"), "c");
});

describe("ls", () => {
  test("lists one level, or all, with and without sizes", async () => {
    expect((await sluice("ls", "tree")).stdout).toBe("a b%20#.bin\ndeep/\n");
    expect((await sluice("ls", "-r", "tree/")).stdout).toBe("a b%20#.bin\ndeep/c\n");
    expect((await sluice("ls", "-r", "-h", "tree")).stdout).toBe(" 1.5 KiB  a b%20#.bin\n     1 B  deep/c\n");
    expect((await sluice("ls", "--long", "tree")).stdout).toMatch(/^ +1536 {2}\d{4}-.*Z {2}a b%20#\.bin\n +deep\/\n$/);
    expect((await sluice("ls", "-q", "tree/deep")).stdout).toBe("c\n");
  });

  test("lists an object by its own URI, and says if there is nothing", async () => {
    expect((await sluice("ls", "tree/deep/c")).stdout).toBe("c\n");
    expect(await sluice("ls", "nothing")).toEqual({
      exitCode: 1,
      stdout: "",
      bytes: Buffer.alloc(0),
      stderr: `sluice: nothing is below file://${path("nothing")}/\n`,
    });
  });

  test("as JSON is one document, of entries or of none", async () => {
    const { value } = await json("ls", "tree");
    expect(value).toMatchObject({ uri: `file://${path("tree")}/`, objects: 1, prefixes: 1, bytes: 1536 });
    expect(value["entries"]).toMatchObject([
      { kind: "object", key: "a b%20#.bin", size: 1536, lastModified: expect.stringMatching(/Z$/) },
      { kind: "prefix", prefix: "deep/" },
    ]);
    expect((await json("ls", "nothing")).value).toMatchObject({ entries: [], objects: 0 });
  });

  test("names can't steer the terminal", async () => {
    await writeFile(path("tree", "deep", "x\u001b[2J"), "");
    expect((await sluice("ls", "tree/deep")).stdout).toBe('c\n"x\\u001b[2J"\n');
  });
});

describe("stat", () => {
  test("tells what is known, as text and as JSON", async () => {
    const { stdout } = await sluice("stat", "tree/a b%20#.bin");
    expect(stdout).toContain(`uri:       file://${path("tree", "a b%20#.bin")}\nsize:      1536 B (1.5 KiB)\n`);
    expect((await json("stat", "tree/a b%20#.bin")).value).toMatchObject({ size: 1536, etag: expect.any(String) });
    expect((await sluice("stat", "tree/")).exitCode).toBe(2);
    expect((await sluice("stat", "tree")).exitCode).toBe(3);
  });
});

describe("rm", () => {
  test("removes objects, and a missing one is an error unless --force is given", async () => {
    expect(await json("rm", "tree/a b%20#.bin", "nothing", "tree/deep/c")).toMatchObject({
      exitCode: 1,
      value: {
        removed: 2,
        error: { code: "NothingDone", message: expect.stringMatching(/no such object: .*nothing/) },
      },
    });
    expect(await sluice("rm", "-f", "nothing")).toMatchObject({ exitCode: 0, stdout: "removed 0 objects\n" });
  });

  test("with --recursive removes all below, or the object itself", async () => {
    await writeFile(path("single"), "");
    expect((await json("rm", "-r", "tree", "single")).value).toMatchObject({ removed: 3 });
    expect((await readdir(folder.path, { recursive: true })).filter((name) => name !== "tree")).toEqual([]);
    expect(await sluice("rm", "-r", "tree/")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^sluice: nothing is below file:.*tree\/\n$/),
    });
    expect((await sluice("rm", "-r", "-f", "tree/")).exitCode).toBe(0);
  });

  test("refuses a prefix without --recursive, before it removes anything", async () => {
    const { exitCode, stderr } = await sluice("rm", "tree/deep/c", "tree/");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--recursive");
    expect(await readdir(path("tree", "deep"))).toEqual(["c"]);
  });

  test.each([
    ["a plain name", () => "alias"],
    ["a plain name with a final /", () => "alias/"],
    ["a plain name with a final /.", () => "alias/."],
    ["a file: URI", () => `file://${join(folder.path, "alias")}`],
    ["a file: URI with a final /", () => `file://${join(folder.path, "alias")}/`],
    ["a FILE: URI", () => `FILE://${join(folder.path, "alias")}`],
    ["a direct: URI", () => `direct://${join(folder.path, "alias")}`],
    ["a direct: URI with a final /", () => `direct://${join(folder.path, "alias")}/`],
  ])("refuses a link to a folder with --recursive, by %s, before it removes anything", async (_name, uri) => {
    await mkdir(join(folder.path, "kept"));
    await writeFile(join(folder.path, "kept", "x"), "x");
    await writeFile(join(folder.path, "first"), "x");
    await symlink("kept", join(folder.path, "alias"));
    for (const more of [[], ["--force"], ["--keep-going"]]) {
      expect(await run(["rm", "-r", "first", uri(), ...more], { workingFolder: folder.path })).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(
          /is a link to a folder; remove the link itself without --recursive .*\/kept\/\n$/,
        ),
      });
    }
    expect(await readdir(folder.path)).toEqual(expect.arrayContaining(["alias", "first", "kept"]));
    expect(await readdir(join(folder.path, "kept"))).toEqual(["x"]);
  });

  test("without --recursive removes a link to a folder, and with it what lies in a folder behind a link", async () => {
    await mkdir(join(folder.path, "kept", "deep"), { recursive: true });
    await writeFile(join(folder.path, "kept", "x"), "x");
    await writeFile(join(folder.path, "kept", "deep", "y"), "y");
    await symlink("kept", join(folder.path, "alias"));
    expect((await run(["rm", "-r", "alias/deep"], { workingFolder: folder.path })).exitCode).toBe(0);
    expect((await run(["rm", "alias"], { workingFolder: folder.path })).exitCode).toBe(0);
    await expect(lstat(join(folder.path, "alias"))).rejects.toThrow("ENOENT");
    expect(await readdir(join(folder.path, "kept"), { recursive: true })).toEqual(["deep", "x"]);
  });

  test("a * is a name, not a glob", async () => {
    await writeFile(path("tree", "*"), "");
    expect((await sluice("rm", "tree/*")).stdout).toBe("removed 1 object\n");
    expect(await readdir(path("tree"))).toEqual(["a b%20#.bin", "deep"]);
  });
});
