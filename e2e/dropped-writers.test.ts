import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const CHILD = fileURLToPath(new URL("children/drop-writer.mjs", import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-dropped-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function drop(who: string, how: string): Promise<string> {
  const { stderr } = await promisify(execFile)(process.execPath, ["--expose-gc", CHILD, folder, who, how]);
  return stderr;
}

async function filesLeft(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test.each(["core", "datagen", "checkpoint"].flatMap((who) => ["collect", "end"].map((how) => [who, how] as const)))(
  "a writer of %s forgotten until the %s gives one warning with its URI, and leaves nothing",
  async (who, how) => {
    const stderr = await drop(who, how);
    expect(stderr.match(/SluiceWriterDropped: the writer of file:/g)).toHaveLength(1);
    expect(stderr).toContain(`file://${folder}/`);
    expect(await filesLeft()).toEqual([]);
  },
);

test("a process that calls process.exit has time for the warning alone, and a sweep removes the rest", async () => {
  expect((await drop("core", "exit")).match(/SluiceWriterDropped: the writer of file:.*sweep/g)).toHaveLength(1);
  expect(await filesLeft()).toEqual([expect.stringMatching(/^\./)]);
});
