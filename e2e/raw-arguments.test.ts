import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";

const SLUICE = join(dirname(createRequire(import.meta.url).resolve("@sluice/cli/package.json")), "dist", "bin.js");

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-raw-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test.skipIf(process.platform !== "linux")(
  "arguments that are no UTF-8 are refused, and touch no other file",
  async () => {
    await writeFile(join(folder, "a\u{FFFD}"), "another file");
    for (const command of ["put", "rm", "cat"]) {
      const target = command === "put" ? "target" : "";
      const script = `exec "$0" "$1" ${command} "$(printf 'a\\377')" ${target}`;
      const child = spawn("sh", ["-c", script, process.execPath, SLUICE], { cwd: folder });
      const stderr = text(child.stderr);
      expect((await once(child, "exit"))[0]).toBe(2);
      expect(await stderr).toMatch(/is no UTF-8/);
    }
    const script = `mkdir "$(printf 'd\\377')"; cd "$(printf 'd\\377')"; exec "$0" "$1" put "$1" target`;
    const child = spawn("sh", ["-c", script, process.execPath, SLUICE], { cwd: folder });
    expect((await once(child, "exit"))[0]).toBe(2);
    expect((await readdir(folder)).sort()).toEqual(["a\u{FFFD}", "d\u{FFFD}"]);
  },
);

test.skipIf(process.platform !== "linux")("standard input that is closed stores nothing", async () => {
  await writeFile(join(folder, "kept"), "old");
  for (const source of ["-", "/dev/stdin"]) {
    const child = spawn("sh", ["-c", `exec "$0" "$1" put ${source} kept <&-`, process.execPath, SLUICE], {
      cwd: folder,
    });
    const stderr = text(child.stderr);
    expect((await once(child, "exit"))[0]).toBe(2);
    expect(await stderr).toMatch(/standard input is closed/);
  }
  expect(await readFile(join(folder, "kept"), "utf8")).toBe("old");
});
