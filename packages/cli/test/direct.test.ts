import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CommandRegistry } from "../src/command-registry.js";
import { run, runJson } from "./run.js";

const TMPFS = 0x01021994;

async function typeOf(folder: string): Promise<number> {
  return existsSync(folder) ? (await statfs(folder)).type : 0;
}

const isTempOnDisk = process.platform === "linux" && (await typeOf(tmpdir())) !== TMPFS;
const hasTmpfs = (await typeOf("/dev/shm")) === TMPFS;

async function inFolder(parent: string, act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(parent, "sluice-direct-"));
  try {
    await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test.skipIf(!isTempOnDisk)("gen on direct: says how the bytes went, and verify reads them back", async () => {
  await inFolder(tmpdir(), async (folder) => {
    const options = { workingFolder: folder, registry: new CommandRegistry(folder) };
    const { value } = await runJson(["gen", `direct://${folder}/set`, "--size", "3MiB", "--count", "2"], options);
    expect(value).toMatchObject({ ioMode: "direct", totals: { objects: 2 } });
    expect((await runJson(["verify", `direct://${folder}/set`], options)).value).toMatchObject({ ok: true });
    expect((await runJson(["verify", `file://${folder}/set`], options)).value).toMatchObject({ ok: true });
  });
});

test.skipIf(!hasTmpfs)(
  "where there is no direct I/O it is refused, or with --direct-mode preferred buffered and said so",
  async () => {
    await inFolder("/dev/shm", async (folder) => {
      const options = { workingFolder: folder, registry: new CommandRegistry(folder) };
      const sluice = (...parameters: string[]) => run(parameters, options);
      const refused = await sluice("gen", `direct://${folder}/set`, "--size", "1MiB");
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toMatch(/no direct I\/O/);
      expect(await readdir(folder)).toEqual([]);
      const preferred = await sluice("gen", `direct://${folder}/set`, "--size", "1MiB", "--direct-mode", "preferred");
      expect(preferred.exitCode).toBe(0);
      expect(preferred.stdout).toMatch(/, buffered I\/O\n/);
    });
  },
);
