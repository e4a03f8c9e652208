import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openBackend } from "./children/backends.mjs";
import { versionContent, wholeVersion } from "./children/versions.mjs";
import { diskFolder, NO_DISK, temporaryBase } from "./disk-folder.js";

const CHILD = fileURLToPath(new URL("children/overwrite-forever.mjs", import.meta.url));

/** Moments at which a writer is killed; 50 in all for each backend, over the kinds of writer. */
const KILLS = [
  ["fs", "none", "none", 14],
  ["fs", "zstd", "none", 12],
  ["fs", "none", "ifMatch", 12],
  ["fs", "zstd", "ifMatch", 12],
  ["directio", "none", "none", 26],
  ["directio", "zstd", "ifMatch", 24],
] as const;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(temporaryBase, "sluice-killed-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test.for(KILLS)(
  "%s: after SIGKILL (codec %s, condition %s) at %i random moments the object is one version, whole",
  { timeout: 240_000 },
  async ([backend, codec, condition, kills], { skip }) => {
    if (backend === "directio" && diskFolder === undefined) skip(NO_DISK);
    const seed = Date.now();
    const moments = Array.from({ length: kills }, (_, index) => ((seed / 1000 + index * 37.7) * 7919) % 90);
    const store = await openBackend(backend, folder);
    await store.put("object", versionContent(0), codec === "none" ? {} : { compression: { codec, extension: "none" } });
    let newest = 0;
    let leftBehind = 0;
    for (const moment of moments) {
      await killAfter(moment, [backend, folder, codec, condition, String(newest + 1)]);
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
    console.log(`${backend}: ${kills} kills, ${newest} versions published, ${leftBehind} temporary files swept`);
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
