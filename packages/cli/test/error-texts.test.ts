import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run } from "./run.js";

const folder = useFolder();
const path = (...names: string[]) => join(folder.path, ...names);
const sluice = (line: string) => run(line.split(" "), { workingFolder: folder.path });

beforeEach(async () => {
  await writeFile(path("file"), "data");
  await mkdir(path("tree", "deep"), { recursive: true });
  await writeFile(path("tree", "deep", "x"), "x");
  await mkdir(path("model"));
  await writeFile(path("model", "rank-0"), "0");
  await sluice("checkpoint save model run --step 1");
  await sluice("gen set --size 1KiB");
});

const NO_FOLDER = /a part of this path is a file, and no folder/;
const NOT_MADE = /can't be written: no folder can be made there/;
const NO_FILE = /file:\S+: there is no such file or folder/;

test.each<[string, number, RegExp]>([
  ["cp model/rank-0 file/x", 2, NO_FOLDER],
  ["put model/rank-0 file/", 2, NO_FOLDER],
  ["get model/rank-0 file/deep/x", 2, NO_FOLDER],
  ["gen file/set --size 1KiB", 2, NO_FOLDER],
  ["checkpoint restore run file", 2, NO_FOLDER],
  ["cp -r model file", 2, NO_FOLDER],
  ["cp file /proc/x", 3, NOT_MADE],
  ["put file /proc/x/y", 3, NOT_MADE],
  ["gen /proc/x --size 1KiB", 3, NOT_MADE],
  ["put nothere x", 3, NO_FILE],
  ["checkpoint save nothere run --step 2", 3, NO_FILE],
  ["checkpoint save file run --step 2", 2, NO_FOLDER],
  ["verify set --report nothere/report", 3, NO_FILE],
  ["put file/x y", 2, NO_FOLDER],
  ["checkpoint list run", 2, /has no command "list" \(did you mean ls\?\): save, ls, /],
  ["checkpoint save model", 2, /; see sluice checkpoint save --help/],
  [
    "checkpoint save model run --rank 2 --world-size 2 --run-id q --step 3",
    2,
    /there is no rank 2: of 2 ranks, the last is 1/,
  ],
  ["put file:///etc/hostname x", 2, /is a URI, and a path is needed here; copy an object with sluice cp/],
  ["put https://host/x x", 2, /is a URI, and a path is needed here/],
  ["checkpoint save s3://bucket/model run --step 2", 2, /is a URI, and a path is needed here/],
  ["verify set --report memory://b/report", 2, /is a URI, and a path is needed here/],
])("%s says in words what is wrong", async (line, status, message) => {
  const { exitCode, stdout, stderr } = await sluice(line);
  expect({ exitCode, stdout }).toEqual({ exitCode: status, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/sluice-tmp|ENOENT|ENOTDIR|no such object|sluice ls/);
  expect(await readdir(path())).toEqual(["file", "model", "run", "set", "tree"]);
});
