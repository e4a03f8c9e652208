import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const SLUICE = join(dirname(createRequire(import.meta.url).resolve("@sluice/cli/package.json")), "dist", "bin.js");

/** The most time between a signal and the end. */
const END_MS = 2000;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-pipes-"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Resolves once a process has a file open. */
async function hasOpened(pid: number, path: string): Promise<void> {
  for (;;) {
    const descriptors = await readdir(`/proc/${pid}/fd`);
    for (const descriptor of descriptors) {
      if ((await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "")) === path) return;
    }
  }
}

test.skipIf(process.platform !== "linux").each([
  ["put from a pipe without a writer", undefined],
  ["put from a pipe whose writer writes nothing", "exec sleep 30 > pipe"],
])("SIGINT ends %s", async (_, script) => {
  const writer = script && spawn("sh", ["-c", script], { cwd: folder, stdio: "ignore" });
  const child = spawn(process.execPath, [SLUICE, "put", "pipe", "target"], { cwd: folder, stdio: "ignore" });
  const ended = once(child, "exit");
  await hasOpened(child.pid as number, join(folder, "pipe"));
  const stopped = performance.now();
  child.kill("SIGINT");
  expect((await ended)[0]).toBe(130);
  expect(performance.now() - stopped).toBeLessThan(END_MS);
  expect(await readdir(folder)).toEqual(["pipe"]);
  if (writer) writer.kill();
});
