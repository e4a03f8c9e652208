import { execFileSync, spawn } from "node:child_process";
import { createReadStream, existsSync, openSync } from "node:fs";
import {
  appendFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { hookedRegistry } from "./hooked-registry.js";
import { run, runJson } from "./run.js";

const MIB = 1 << 20;
const SIZE = 4 * MIB;
const folder = useFolder();

const at = (name: string): string => join(folder.path, name);
const put = (source: string, ...more: string[]) => runJson(["put", source, "target", ...more], settings());
const settings = () => ({ workingFolder: folder.path });

/** Runs a command, and acts when the first chunk of a source is about to be written. */
async function runWhile(parameters: string[], act: () => Promise<unknown>) {
  const registry = hookedRegistry(() => undefined, once(act));
  return runJson(parameters, { ...settings(), registry });
}

function once(act: () => Promise<unknown>): () => Promise<void> {
  let acted: Promise<unknown> | undefined;
  return async () => {
    acted ??= act();
    await acted;
  };
}

/** Overwrites a byte of a file where it stands. */
async function flip(name: string, position: number): Promise<void> {
  const file = await open(at(name), "r+");
  await file.write(Buffer.from("#"), 0, 1, position);
  await file.close();
}

/** What programs do to a file that is being read. */
const CHANGES: readonly [string, (name: string) => Promise<unknown>][] = [
  ["overwritten in place", (name) => flip(name, SIZE - 1)],
  [
    "overwritten in place, and its times set back",
    async (name) => {
      const { atime, mtime } = await stat(at(name));
      await utimes(at(name), 1, 1);
      await flip(name, SIZE - 1);
      await utimes(at(name), atime, mtime);
    },
  ],
  ["made longer", (name) => appendFile(at(name), "more")],
  ["cut", (name) => truncate(at(name), SIZE - 1)],
  ["emptied and written anew", (name) => writeFile(at(name), Buffer.alloc(SIZE, "b"))],
];

describe("a file that is changed while it is read", () => {
  test.each(CHANGES)("put: %s is PreconditionFailed, and nothing is written", async (_, change) => {
    await writeFile(at("source"), Buffer.alloc(SIZE, "a"));
    const { exitCode, value } = await runWhile(["put", "source", "target"], () => change("source"));
    expect(value).toMatchObject({ error: { code: "PreconditionFailed", uri: `file://${at("source")}` } });
    expect(exitCode).toBe(3);
    expect(await readdir(folder.path)).toEqual(["source"]);
  });

  test.each(CHANGES)("checkpoint save: %s is PreconditionFailed, and there is no checkpoint", async (_, change) => {
    await mkdir(at("shards"));
    for (const rank of [0, 1]) await writeFile(at(`shards/${rank}`), Buffer.alloc(SIZE, "a"));
    const save = ["checkpoint", "save", "shards", "run", "--step", "1"];
    const { exitCode, value } = await runWhile(save, () => change("shards/0"));
    expect(value).toMatchObject({ error: { code: "PreconditionFailed", uri: `file://${at("shards/0")}` } });
    expect(exitCode).toBe(3);
    expect((await runJson(["checkpoint", "ls", "run"], settings())).value).toMatchObject({ checkpoints: [] });
  });

  test("a change right after the file was written is seen too, within one tick of the clock", async () => {
    for (let round = 0; round < 10; round++) {
      await writeFile(at("source"), Buffer.alloc(SIZE, "a"));
      const { exitCode } = await runWhile(["put", "source", "target"], () => flip("source", SIZE - 1));
      expect(exitCode).toBe(3);
    }
  });

  test("one that another file takes the name of is written as it was", async () => {
    await writeFile(at("source"), Buffer.alloc(SIZE, "a"));
    await writeFile(at("other"), Buffer.alloc(SIZE, "b"));
    const { exitCode } = await runWhile(["put", "source", "target"], () => rename(at("other"), at("source")));
    expect(exitCode).toBe(0);
    expect((await readFile(at("target"))).equals(Buffer.alloc(SIZE, "a"))).toBe(true);
  });

  test.each(CHANGES)("at standard input: %s is PreconditionFailed", async (_, change) => {
    await writeFile(at("source"), Buffer.alloc(SIZE, "a"));
    const stdin = createReadStream("", { fd: openSync(at("source"), "r"), autoClose: false });
    const beforeChunk = once(() => change("source"));
    const registry = hookedRegistry(() => undefined, beforeChunk);
    const { exitCode, stdout } = await run(["put", "-", "target", "--json"], { ...settings(), stdin, registry });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "PreconditionFailed" } });
    expect(exitCode).toBe(3);
    expect(await readdir(folder.path)).toEqual(["source"]);
  });
});

describe.skipIf(process.platform !== "linux")(
  "standard input that is closed, where Node opens /dev/null in its place",
  () => {
    test("is no source of an object", async () => {
      const stdin = createReadStream("", { fd: openSync("/dev/null", "r+"), autoClose: false });
      const { exitCode, stderr } = await run(["put", "-", "target"], { ...settings(), stdin });
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining("standard input is closed: give a file")]);
      expect(await readdir(folder.path)).toEqual([]);
    });

    test.each(["/dev/fd", "/proc/self/fd"])("is none by a path in %s either", async (names) => {
      const { exitCode } = await run(["put", `${names}/${openSync("/dev/null", "r+")}`, "target"], settings());
      expect(exitCode).toBe(2);
    });

    test("is another one than /dev/null, and than any other device that is open for both", async () => {
      const stdin = createReadStream("", { fd: openSync("/dev/null", "r"), autoClose: false });
      expect((await run(["put", "-", "target"], { ...settings(), stdin })).exitCode).toBe(0);
      expect((await readFile(at("target"))).byteLength).toBe(0);
      await writeFile(at("source"), "x");
      const both = createReadStream("", { fd: openSync(at("source"), "r+"), autoClose: false });
      expect((await run(["put", "-", "target"], { ...settings(), stdin: both })).exitCode).toBe(0);
      expect((await run(["put", "/dev/null", "target"], settings())).exitCode).toBe(0);
    });
  },
);

describe("a file that does not report its size", () => {
  const MADE_UP = [
    "/proc/self/status",
    "/proc/cpuinfo",
    "/proc/kallsyms",
    "/sys/kernel/mm/transparent_hugepage/enabled",
  ];

  test.each(MADE_UP.filter((path) => existsSync(path)))("%s is put to its end", async (path) => {
    const { exitCode, value } = await put(path);
    expect(exitCode).toBe(0);
    const bytes = await readFile(at("target"));
    expect(bytes.byteLength).toBeGreaterThan(0);
    expect(value).toMatchObject({ size: bytes.byteLength });
    // What changes between two reads has at least as many lines.
    const lines = (content: Buffer) => content.toString().split("\n").length;
    expect(lines(bytes)).toBe(lines(await readFile(path)));
  });

  test.each(MADE_UP.filter((path) => existsSync(path)))("cp of %s is refused, and nothing is written", async (path) => {
    const { exitCode, value } = await runJson(["cp", path, "target"], settings());
    expect(value).toMatchObject({ error: { code: "Unsupported" } });
    expect(exitCode).toBe(2);
    expect(await readdir(folder.path)).toEqual([]);
  });

  test("as a shard it is saved to its end", async () => {
    await mkdir(at("shards"));
    execFileSync("ln", ["-s", "/proc/cpuinfo", at("shards/0")]);
    const { exitCode, value } = await runJson(["checkpoint", "save", "shards", "run", "--step", "1"], settings());
    expect(exitCode).toBe(0);
    expect(value["bytes"]).toBeGreaterThan(0);
  });

  test.each([0, 1, 256 << 10, (256 << 10) + 1, 512 << 10])(
    "an ordinary file of %i bytes is written whole",
    async (size) => {
      await writeFile(at("source"), Buffer.alloc(size, "x"));
      expect((await put("source")).value).toMatchObject({ size });
      expect((await readFile(at("target"))).byteLength).toBe(size);
    },
  );
});

describe("a pipe", () => {
  const makePipe = () => execFileSync("mkfifo", [at("pipe")]);

  test.each([
    ["a writer that comes late", `sleep 0.3; echo late > pipe`, "late\n"],
    ["a writer that pauses", `(echo one; sleep 0.3; echo two) > pipe`, "one\ntwo\n"],
    ["a writer that writes nothing", `sleep 0.1; : > pipe`, ""],
    [
      "writers that follow each other with the pipe held open",
      `(echo a > pipe; sleep 0.1; echo b > pipe) 3> pipe`,
      "a\nb\n",
    ],
  ])("%s is read to its end", async (_, script, content) => {
    makePipe();
    const writer = spawn("sh", ["-c", script], { cwd: folder.path, stdio: "ignore" });
    const { exitCode } = await put("pipe");
    expect(exitCode).toBe(0);
    expect(await readFile(at("target"), "utf8")).toBe(content);
    writer.kill();
  });

  test.each([
    ["without a writer", ["put", "pipe", "target"], undefined],
    ["with a writer that writes nothing", ["put", "pipe", "target"], "exec sleep 20 > pipe"],
    ["without a writer, as a shard", ["checkpoint", "save", "shards", "run", "--step", "1"], undefined],
  ])("%s is waited for until the command is stopped", async (_, parameters, script) => {
    makePipe();
    await mkdir(at("shards"));
    await rename(at("pipe"), at(parameters[0] === "put" ? "pipe" : "shards/pipe"));
    const writer = script && spawn("sh", ["-c", script], { cwd: folder.path, stdio: "ignore" });
    const stop = new AbortController();
    const running = run(parameters, { ...settings(), signal: stop.signal });
    await new Promise((resolve) => setImmediate(resolve));
    const stopped = performance.now();
    stop.abort("SIGINT");
    expect((await running).exitCode).toBe(130);
    expect(performance.now() - stopped).toBeLessThan(1000);
    expect(await stat(at("target")).catch(() => undefined)).toBeUndefined();
    if (writer) writer.kill();
  });

  test("a socket is refused", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at("socket"), resolve));
    expect((await put("socket")).value).toMatchObject({ error: { code: "InvalidArgument" } });
    await new Promise((resolve) => server.close(resolve));
  });

  test("a folder is refused", async () => {
    await mkdir(at("sub"));
    expect((await put("sub")).value).toMatchObject({ error: { code: "Usage" } });
  });
});
