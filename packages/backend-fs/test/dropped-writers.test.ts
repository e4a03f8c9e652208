import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nextDropWarning } from "../../core/test/collect-garbage.js";
import { openFsStore } from "../src/index.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-dropped-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("a writer dropped without an end leaves no file and no folder, and one warning", async () => {
  await dropWriter();
  expect((await readdir(folder, { recursive: true })).length).toBeGreaterThan(1);
  expect((await nextDropWarning()).message).toContain(`file://${folder}/deep/object `);
  while ((await readdir(folder)).length > 0) await nextTurn();
});

async function dropWriter(): Promise<void> {
  const writer = await openFsStore(folder, { durability: "none" }).createWriter("deep/object");
  await writer.writeChunk(new Uint8Array(1 << 20));
}
