import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fsBackend } from "@sluice/backend-fs";
import { memoryBackend, ObjectStoreError, openStore, StoreRegistry } from "@sluice/core";
import { beforeEach, describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";
import { wrappedRegistry } from "./wrapped-registry.js";

const folder = useFolder();
const path = (...names: string[]) => join(folder.path, ...names);
let registry: StoreRegistry;
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path, registry });
const json = (...parameters: string[]) => runJson(parameters, { workingFolder: folder.path, registry });

beforeEach(async () => {
  registry = new StoreRegistry({ plugins: [memoryBackend(), fsBackend()], discovery: false });
  await mkdir(path("tree"));
  await writeFile(path("tree", "a"), "a");
  await mkdir(path("empty"));
  const store = await openStore("memory://b", { registry });
  await store.put("prefix/a", "a");
});

describe("nothing done is no success", () => {
  test.each<[string, RegExp]>([
    ["rm tree", /tree is no object: there are objects below it, which --recursive removes/],
    ["rm memory://b/prefix", /prefix is no object: there are objects below it/],
    ["rm memory://b/prefix/", /prefix\/ is no object: there are objects below it/],
    ["rm memory://b/*", /no such object: memory:\/\/b\/\* \(names are taken as they are/],
    ["rm memory://b/pre?ix", /no \* or \? is expanded/],
    ["rm memory://b/nothing", /no such object: memory:\/\/b\/nothing/],
    ["rm -f tree", /tree is no object: there are objects below it/],
    ["rm memory://b/nothing memory://b/prefix", /prefix is no object: there are objects below it/],
    ["rm memory://b/nothing tree/b", /no such object: .*, nor to remove for 1 other name/],
    ["rm empty", /no such object/],
    ["rm tree/b -q", /no such object/],
    ["rm -r memory://b/mistyped", /nothing is below memory:\/\/b\/mistyped/],
    ["rm -r memory://another", /nothing is below memory:\/\/another/],
    ["rm -r empty", /nothing is below/],
    ["cp -r mistyped target", /nothing is below file:.*\/mistyped\//],
    ["cp -r memory://b/mistyped target", /nothing is below memory:/],
    ["cp -r empty target", /nothing is below/],
    ["ls mistyped", /nothing is below/],
    ["ls -q memory://b/mistyped/", /nothing is below/],
    ["ls -r memory://b/prefix/a/b", /nothing is below/],
    ["measure mistyped/", /nothing is below/],
    ["checkpoint ls mistyped", /no checkpoint is below/],
    ["checkpoint ls empty", /no checkpoint is below/],
    ["checkpoint ls memory://another", /no checkpoint is below/],
    ["checkpoint prune mistyped", /no checkpoint is below/],
    ["checkpoint prune memory://b/prefix --keep-last 1", /no checkpoint is below/],
    ["measure memory://b/mistyped/ --compressors none", /nothing is below/],
  ])("%s", async (line, message) => {
    const { exitCode, stdout, stderr } = await sluice(...line.split(" "));
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(await readFile(path("tree", "a"), "utf8")).toBe("a");
    const { exitCode: jsonExitCode, value } = await json(...line.split(" "));
    expect(jsonExitCode).toBe(1);
    expect(value["error"]).toMatchObject({ code: "NothingDone", message: expect.stringMatching(message) });
  });

  test("a place that is there and empty is listed whole, and nothing to sweep is what was asked for", async () => {
    expect(await sluice("ls", "empty")).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/nothing is below/),
    });
    expect((await sluice("ls", "memory://another")).exitCode).toBe(0);
    expect((await json("ls", "empty")).value).not.toHaveProperty("error");
    expect((await sluice("sweep", "tree")).exitCode).toBe(0);
  });

  test.each(["cp tree x", "cat tree", "stat memory://b/prefix", "get memory://b/prefix x", "cp memory://b/prefix x"])(
    "%s says that objects are below",
    async (line) => {
      const { exitCode, stderr } = await sluice(...line.split(" "));
      expect(exitCode).toBe(3);
      expect(stderr).toMatch(/(tree|prefix) is no object: there are objects below it, which sluice ls lists/);
    },
  );

  test("rm --recursive tells of an object that has the very name of what it emptied", async () => {
    const store = await openStore("memory://c", { registry });
    for (const key of ["a", "a/b", "d/e"]) await store.put(key, key);
    expect(await sluice("rm", "-r", "memory://c/a", "memory://c/d")).toMatchObject({
      exitCode: 0,
      stdout: "removed 2 objects\n",
      stderr: "sluice: memory://c/a is an object itself, and stays; sluice rm removes it\n",
    });
    await store.put("a/b", "again");
    expect((await json("rm", "-r", "memory://c/a")).value).toMatchObject({ removed: 1, namesakes: ["memory://c/a"] });
    expect(await store.exists("a")).toBe(true);
  });

  test("cp --recursive of a single object copies it", async () => {
    expect((await sluice("cp", "-r", "tree/a", "copied/")).exitCode).toBe(0);
    expect((await json("cp", "-r", "memory://b/prefix/a", "memory://c/x")).value).toMatchObject({ key: "x" });
    expect(await readFile(path("copied", "a"), "utf8")).toBe("a");
  });
});

describe("a removal that fails tells how many were removed", () => {
  const fill = async (count: number) => {
    const store = await openStore("memory://big", { registry });
    for (let index = 0; index < count; index++) await store.put(`d/${String(index).padStart(5, "0")}`, "");
    return store;
  };

  test("when the listing ends in the middle", async () => {
    const gone = () => new ObjectStoreError("Unavailable", "the listing has ended early", { backend: "memory" });
    registry = wrappedRegistry(memoryBackend(), (store) => ({
      list: async function* (options) {
        let left = 1200;
        for await (const entry of store.list(options)) {
          if (left-- === 0) throw gone();
          yield entry;
        }
      },
    }));
    await fill(1500);
    const { exitCode, value } = await json("rm", "-r", "memory://big/d");
    expect({ exitCode, value }).toMatchObject({
      exitCode: 3,
      value: { removed: 1000, error: { code: "Unavailable" } },
    });
    await fill(1500);
    expect((await sluice("rm", "-r", "memory://big")).stderr).toMatch(/; removed 1000 objects before\n$/);
  });

  test("when some can't be removed", async () => {
    registry = wrappedRegistry(memoryBackend(), (store) => ({
      deleteMany: async (keys, options) => {
        const [kept, ...others] = keys;
        const error = new ObjectStoreError("PermissionDenied", "it is kept", { uri: store.uriOf(kept ?? "") });
        return [{ key: kept ?? "", error }, ...(await store.deleteMany(others, options))];
      },
    }));
    await fill(4);
    expect((await json("rm", "-r", "memory://big")).value).toMatchObject({ removed: 3 });
    expect((await sluice("rm", "-r", "memory://big")).stderr).toMatch(/1 object could not be removed/);
  });

  test("when the bucket can't", async () => {
    const plugin = memoryBackend();
    const deleteContainer = () => Promise.reject(new ObjectStoreError("PermissionDenied", "it is kept"));
    registry = new StoreRegistry({ plugins: [{ ...plugin, deleteContainer }], discovery: false });
    await fill(3);
    expect(await json("rb", "--force", "memory://big")).toMatchObject({
      exitCode: 3,
      value: { removed: 3, error: { code: "PermissionDenied" } },
    });
  });

  test("and one that leaves objects is none", async () => {
    registry = wrappedRegistry(memoryBackend(), () => ({
      deleteMany: async (keys) => keys.map((key) => ({ key })),
    }));
    await fill(2);
    expect(await sluice("rm", "-r", "memory://big")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/big\/d\/00000 is there after all below memory:\/\/big\/ was removed/),
    });
  });
});

test("a local folder whose objects were removed one by one says what is left", async () => {
  expect((await sluice("rm", "tree/a", "tree/b")).stderr).toMatch(
    /no such object: .*tree\/b; .*; removed 1 object before/,
  );
  expect(await readdir(path("tree")).catch(() => [])).toEqual([]);
});
