import { execFileSync } from "node:child_process";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const folder = useFolder();
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path });
const json = (...parameters: string[]) => runJson(parameters, { workingFolder: folder.path });
const path = (...names: string[]) => join(folder.path, ...names);
const rawPath = (...bytes: (string | number)[]) =>
  Buffer.concat(
    [path("tree", "/"), ...bytes].map((part) => (typeof part === "number" ? Buffer.of(part) : Buffer.from(part))),
  );

beforeEach(async () => {
  await mkdir(path("tree", "deep"), { recursive: true });
  await writeFile(path("tree", "a"), "a");
  await writeFile(path("tree", "deep", "z"), "z");
});

/** What can't be an object: how it is made, and what is told of it. */
const ODD: readonly [what: string, make: () => unknown, told: string][] = [
  ["a file whose name is no UTF-8", () => writeFile(rawPath("m", 0xff), "x"), "m\\xff is no UTF-8"],
  [
    "all below a folder whose name is no UTF-8",
    async () => {
      await mkdir(rawPath("m", 0xff));
      await writeFile(rawPath("m", 0xff, "/x"), "x");
    },
    "m\\xff/",
  ],
  ["a dead link", () => symlink("nowhere", path("tree", "m")), "m is a link"],
  ["a link that leads out", () => symlink(path(), path("tree", "m")), "m is a link"],
  ["a pipe", () => execFileSync("mkfifo", [path("tree", "m")]), "m is a pipe"],
];

describe.each(ODD)("%s", (_, make, told) => {
  const COMMANDS = [
    ["cp", "-r", "tree", "target"],
    ["cp", "-r", "tree", "memory://target", "--decode"],
    ["measure", "tree/", "--compressors", "none"],
    ["ls", "-r", "tree"],
    ["rm", "-r", "tree"],
  ];

  test.each(COMMANDS.map((command) => [command]))("stops %s, which names the remedy", async (command) => {
    await make();
    const { exitCode, stdout, stderr } = await sluice(...command);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^sluice: .*--keep-going.*\n$/);
    expect(stderr).toContain(`"m`);
    expect(await readdir(folder.path)).toEqual(["tree"]);
    expect(await readdir(path("tree"))).toContain("a");
  });

  test.each(COMMANDS.map((command) => [command]))("is told by %s --keep-going, which ends with 1", async (command) => {
    await make();
    const asJson = await json(...command, "--keep-going");
    expect(asJson).toMatchObject({ exitCode: 1, value: { failures: [{ uri: expect.stringContaining("/tree/m") }] } });
    if (command[0] === "rm") await writeFile(path("tree", "a"), "a");
    const { exitCode, stderr } = await sluice(...command, "--keep-going");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^sluice: not [a-z]+: .*\n$/);
    expect(stderr).toContain(`/tree/${told}`.slice(0, -1));
    if (command[0] === "rm") expect(asJson.value["removed"]).toBe(2);
    if (command[1] === "-r" && command[0] === "cp") expect(asJson.value["objects"]).toBe(2);
  });
});

test("a folder that holds nothing else is neither copied nor removed with status 0", async () => {
  await mkdir(path("odd"));
  await symlink("nowhere", path("odd", "link"));
  for (const command of [
    ["cp", "-r", "odd", "target"],
    ["rm", "-r", "odd"],
    ["ls", "odd"],
    ["measure", "odd/"],
  ]) {
    expect((await sluice(...command)).exitCode).toBe(2);
    expect((await sluice(...command, "--keep-going")).exitCode).toBe(1);
  }
  expect(await readdir(path("odd"))).toEqual(["link"]);
});
