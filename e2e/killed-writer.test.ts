import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openFsStore } from "@sluice/backend-fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { versionContent, wholeVersion } from "./children/versions.mjs";

const CHILD = fileURLToPath(new URL("children/overwrite-forever.mjs", import.meta.url));

/** Moments at which a writer is killed; 50 in all, over four kinds of writer. */
const KILLS = [
  ["none", "none", 14],
  ["zstd", "none", 12],
  ["none", "ifMatch", 12],
  ["zstd", "ifMatch", 12],
] as const;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-killed-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test.each(KILLS)(
  "after SIGKILL (codec %s, condition %s) at %i random moments the object is one version, whole",
  { timeout: 240_000 },
  async (codec, condition, kills) => {
    const seed = Date.now();
    const moments = Array.from({ length: kills }, (_, index) => ((seed / 1000 + index * 37.7) * 7919) % 90);
    const store = openFsStore(folder);
    await store.put("object", versionContent(0), codec === "none" ? {} : { compression: { codec, extension: "none" } });
    let newest = 0;
    let leftBehind = 0;
    for (const moment of moments) {
      await killAfter(moment, [folder, codec, condition, String(newest + 1)]);
      const object = await store.get("object", codec === "none" ? {} : { decode: codec });
      const version = wholeVersion(Buffer.from(await object.bytes()));
      expect(version, `seed ${seed}: the object went back`).toBeGreaterThanOrEqual(newest);
      newest = version;
      leftBehind += (await store.sweepStaleUploads({ olderThanMs: 0 })).length;
      expect(await readdir(folder), `seed ${seed}: the sweep left something`).toEqual(["object"]);
    }
    // Else the writers were all killed between two objects, and the test has shown nothing.
    expect(leftBehind, `seed ${seed}`).toBeGreaterThan(0);
    expect(newest, `seed ${seed}`).toBeGreaterThan(0);
    console.log(`${kills} kills, ${newest} versions published, ${leftBehind} temporary files swept`);
  },
);

/** Runs the child, and kills it so many milliseconds after its first object is there. */
async function killAfter(moment: number, args: string[]): Promise<void> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve, reject) => {
    child.stdout.once("data", resolve);
    child.once("exit", (code) => reject(new Error(`the child ended by itself with ${code}`)));
  });
  await delay(moment);
  child.kill("SIGKILL");
  await exited;
}
