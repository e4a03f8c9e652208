import { describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run } from "./run.js";

const folder = useFolder();
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path });
const COMMANDS = ["gen", "verify", "put", "get", "cat", "cp", "ls", "stat", "rm", "backends", "sweep"];

test("alone it prints help, with the commands and the exit status", async () => {
  const { exitCode, stdout, stderr } = await sluice();
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  for (const command of COMMANDS) expect(stdout).toContain(`\n  ${command} `);
  expect(stdout).toMatch(/Exit status:\n {2}0 +good\n {2}1 +the data is bad/);
});

test("--version, --help of every command, and help", async () => {
  expect(await sluice("--version")).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  expect(await sluice("help", "gen")).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("--dedup") });
  for (const command of COMMANDS) {
    const { exitCode, stdout, stderr } = await sluice(command, "--help");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(`Usage: sluice ${command} `);
    expect(stdout).toContain("--json");
    expect(stdout).toContain("Exit status:");
  }
});

describe("wrong usage ends with 2 and a line that helps", () => {
  test.each<[string, RegExp]>([
    ["genn", /unknown command 'genn' \(did you mean gen\?\); see sluice --help/],
    ["gen --size 1", /missing required argument 'uri'; see sluice gen --help/],
    ["gen x", /required option '--size <size>' not specified/],
    ["gen x --size 1QB", /'--size <size>' argument '1QB' is invalid. "1QB" is no size: write bytes, or a number with/],
    ["gen x --size 1 --siez 2", /unknown option '--siez' \(did you mean --size\?\)/],
    ["gen x --size 1 --count 0", /no whole number from 1 to 100000/],
    ["gen x --size 1 --concurrency 65", /no whole number from 1 to 64/],
    ["gen x --size 1 --dedup 2000", /dedup must be a number from 1 to 1000/],
    ["gen x --size 1 --compress no", /"no" is no factor/],
    ["gen x --size 1 --block-size 1000", /power of two/],
    ["gen x --size 1 --seed 99999999999999999999", /2\^64 - 1/],
    ["gen x --size 8PB --count 100", /2\^53/],
    ["gen x --size 1 --zstd 23", /no whole number from 1 to 22/],
    ["gen x --size 1 --zstd --gzip", /'--zstd \[level\]' cannot be used with option '--gzip \[level\]'/],
    ["gen memory://x --size 1 --durability none", /--durability is for file: and direct: only/],
    ["gen x --size 1 --durability maybe", /Allowed choices are fsync, none/],
    ["verify", /missing required argument 'uri'/],
    ["verify a b", /too many arguments/],
    ["put --zstd a b", /write --zstd=3, or give it after the other arguments/],
    ["put a", /missing required argument 'uri'/],
    ["put a s3:bucket", /an object URI has s3:\/\//],
    ["get a", /missing required argument 'file'/],
    ["get a b --range 10", /write START:END/],
    ["get a/ b", /names no object/],
    ["cat", /missing required argument 'uri'/],
    ["cat a --range 2:1", /ends before it starts/],
    ["cp a", /missing required argument 'target'/],
    ["ls", /missing required argument 'uri'/],
    ["stat a/", /names no object; list it with sluice ls/],
    ["rm", /missing required argument 'uris'/],
    ["rm a/", /--recursive/],
    ["backends a", /too many arguments/],
    ["sweep . --older-than 24", /no duration: write a whole number with ms, s, m, h or d/],
    ["sweep", /missing required argument 'uri'/],
  ])("%s", async (line, message) => {
    const { exitCode, stdout, stderr } = await sluice(...line.split(" "));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^sluice: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });

  test("credentials in a URI are refused and not repeated", async () => {
    const { exitCode, stderr } = await sluice("ls", "s3://key:secret@bucket/x");
    expect(exitCode).toBe(2);
    expect(stderr).not.toContain("secret");
  });

  test("an empty name is no working folder", async () => {
    expect(await sluice("rm", "-r", "")).toMatchObject({ exitCode: 2, stdout: "" });
  });
});

describe("with --json", () => {
  test.each<[string, number, string]>([
    ["gen --json", 2, "Usage"],
    ["--json nonsense", 2, "Usage"],
    ["cat x --json", 2, "Usage"],
    ["stat x --json", 3, "NotFound"],
    ["ls s3://b --json", 2, "Unsupported"],
    ["verify x --json", 3, "NotFound"],
  ])("%s puts the error on stdout", async (line, exitCode, code) => {
    const result = await sluice(...line.split(" "));
    expect(result).toMatchObject({ exitCode, stderr: "" });
    expect(JSON.parse(result.stdout)).toEqual({
      error: expect.objectContaining({ code, message: expect.any(String) }),
    });
  });

  test("behind -- it is a name", async () => {
    expect(await sluice("stat", "--", "--json")).toMatchObject({ exitCode: 3, stdout: "" });
  });
});
