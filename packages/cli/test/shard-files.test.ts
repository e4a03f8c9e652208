import { execFileSync } from "node:child_process";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { runJson } from "./run.js";

const folder = useFolder();
const at = (name: string): string => join(folder.path, name);
const save = () => runJson(["checkpoint", "save", "model", "run", "--step", "1"], { workingFolder: folder.path });

beforeEach(async () => {
  await mkdir(at("model"));
  await writeFile(at("model/rank-0"), "first");
  await writeFile(at("model/rank-1"), "second");
});

describe("a folder of shards", () => {
  test.each<[string, () => Promise<unknown>, string]>([
    [
      "a killed writer's temporary file",
      () => writeFile(at("model/.sluice-tmp-1-00"), "half"),
      ".sluice-tmp-1-00 is a te",
    ],
    ["a claim", () => writeFile(at("model/.sluice-claim-ab-0"), "1 host"), ".sluice-claim-ab-0 is a temporary file"],
    ["a temporary file of rsync", () => writeFile(at("model/.rank-2.Xy12ab"), "half"), ".rank-2.Xy12ab is a hidden"],
    ["a file that a desktop left", () => writeFile(at("model/.DS_Store"), "x"), ".DS_Store is a hidden"],
    [
      "a folder of torch.distributed.checkpoint",
      () => writeFile(at("model/.metadata"), "index"),
      ".metadata is the index of a torch.distributed.checkpoint folder, and no shard; give a folder that holds shards alone",
    ],
    [
      "a folder in it",
      () => mkdir(at("model/sub")),
      "sub is a folder, and no shard; give a folder that holds shards alone, one file a rank (sluice cp --recursive copies",
    ],
    ["a line break in a name", () => writeFile(at("model/rank\n2"), "x"), 'rank\\u000a2" has a control character'],
    ["a tab in a name", () => writeFile(at("model/\t"), "x"), '\\u0009" has a control character'],
    ["an escape in a name", () => writeFile(at("model/\u001b[2J"), "x"), '\\u001b[2J" has a control character'],
    [
      "a \\ in a name",
      () => writeFile(at("model/rank\\2"), "x"),
      "rank\\\\2 has a control character or a \\ in its name",
    ],
    [
      "a name that is no UTF-8",
      () => writeFile(Buffer.concat([Buffer.from(at("model/rank-2")), Buffer.from([0xff])]), "third"),
      "rank-2\\xff is no UTF-8",
    ],
    [
      "a folder whose name is no UTF-8",
      () => mkdir(Buffer.concat([Buffer.from(at("model/rank-2")), Buffer.from([0xff])])),
      "rank-2\\xff is a folder",
    ],
  ])("with %s is refused before anything is written", async (_, make, message) => {
    await make();
    const { exitCode, value } = await save();
    expect(value).toMatchObject({ error: { code: "Usage", message: expect.stringContaining(`model/${message}`) } });
    expect(JSON.stringify(value)).not.toMatch(/remove it|other folder/);
    expect(exitCode).toBe(2);
    expect(await readdir(folder.path)).toEqual(["model"]);
  });

  test.each<[string, () => unknown, string, number]>([
    ["a dead link", () => symlink("nowhere", at("model/rank-2")), "NotFound", 3],
    ["a link to a folder", () => symlink("..", at("model/rank-2")), "Usage", 2],
    ["a link in a circle", () => symlink("rank-2", at("model/rank-2")), "InvalidArgument", 2],
    [
      "a link to a descriptor that is closed",
      () => execFileSync("ln", ["-s", "/proc/self/fd/none", at("model/rank-2")]),
      "NotFound",
      3,
    ],
  ])("with %s is refused before anything is written", async (_, make, code, status) => {
    await make();
    const { exitCode, value } = await save();
    expect(value).toMatchObject({ error: { code } });
    expect(exitCode).toBe(status);
    expect(await readdir(folder.path)).toEqual(["model"]);
  });

  test("is saved in the order of its names, links to files among them", async () => {
    await symlink("rank-0", at("model/rank-2"));
    const { exitCode, value } = await save();
    expect(exitCode).toBe(0);
    expect(value).toMatchObject({ worldSize: 3, userMeta: { files: ["rank-0", "rank-1", "rank-2"] } });
  });
});
