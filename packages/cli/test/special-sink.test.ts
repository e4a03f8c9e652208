import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const SIZE = 3_000_000;
const folder = useFolder();
const at = (name: string): string => join(folder.path, name);
const settings = () => ({ workingFolder: folder.path });

async function prepare(): Promise<Buffer> {
  const content = Buffer.alloc(SIZE, "content");
  await writeFile(at("object"), content);
  execFileSync("mkfifo", [at("pipe")]);
  return content;
}

describe("a pipe as a target", () => {
  test.each([
    ["at once", "cat pipe > copy"],
    ["late", "sleep 0.3; cat pipe > copy"],
    ["slowly", "(sleep 0.2; head -c 100000; sleep 0.2; cat) < pipe > copy"],
  ])("with a reader that reads %s gets all bytes", async (_, script) => {
    const content = await prepare();
    const reader = spawn("sh", ["-c", script], { cwd: folder.path, stdio: "ignore" });
    const ended = once(reader, "exit");
    expect((await runJson(["get", "object", "pipe"], settings())).value).toMatchObject({ size: SIZE });
    await ended;
    expect((await readFile(at("copy"))).equals(content)).toBe(true);
  });

  test.each([
    ["without a reader", undefined],
    ["with a reader that does not read", "exec sleep 20 < pipe"],
  ])("%s is waited for until the command is stopped", async (_, script) => {
    await prepare();
    const reader = script && spawn("sh", ["-c", script], { cwd: folder.path, stdio: "ignore" });
    const stop = new AbortController();
    const running = run(["get", "object", "pipe"], { ...settings(), signal: stop.signal });
    await new Promise((resolve) => setImmediate(resolve));
    const stopped = performance.now();
    stop.abort("SIGINT");
    expect((await running).exitCode).toBe(130);
    expect(performance.now() - stopped).toBeLessThan(1000);
    if (reader) reader.kill();
  });

  test("whose reader goes away fails the command", async () => {
    await prepare();
    const reader = spawn("sh", ["-c", "head -c 1000 pipe > copy"], { cwd: folder.path, stdio: "ignore" });
    expect((await run(["get", "object", "pipe"], settings())).exitCode).toBe(3);
    reader.kill();
  });

  test("a device takes all bytes, and a full one fails the command", async () => {
    await prepare();
    expect((await runJson(["get", "object", "/dev/null"], settings())).value).toMatchObject({ size: SIZE });
    expect((await run(["get", "object", "/dev/full"], settings())).exitCode).toBe(3);
  });

  test("a socket is refused", async () => {
    await prepare();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at("socket"), resolve));
    expect((await runJson(["get", "object", "socket"], settings())).value).toMatchObject({
      error: { code: "InvalidArgument" },
    });
    await new Promise((resolve) => server.close(resolve));
  });
});
