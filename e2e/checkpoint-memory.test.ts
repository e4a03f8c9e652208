import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryBase } from "./disk-folder.js";

const MIB = 2 ** 20;
const PEAK_LIMIT_BYTES = 300 * MIB;
const CHILD = fileURLToPath(new URL("children/checkpoint-memory.mjs", import.meta.url));

/** SLUICE_FULL_SIZE=1 restores 4 GiB, as the release check does; the bound is the same for any size. */
const TOTAL_BYTES = (process.env["SLUICE_FULL_SIZE"] === "1" ? 4096 : 512) * MIB;

test.for([["none"], ["zstd"]] as const)(
  "K5 a checkpoint of 8 shards (codec %s) is saved and restored in less than 300 MiB, whatever its size",
  { timeout: 300_000 },
  async ([codec]) => {
    const folder = await mkdtemp(join(temporaryBase, "sluice-checkpoint-memory-"));
    try {
      for (const what of ["save", "restore"]) {
        const parameters = [CHILD, folder, what, String(TOTAL_BYTES), codec];
        const { stdout } = await promisify(execFile)(process.execPath, parameters);
        const { bytes, peakBytes } = JSON.parse(stdout) as { bytes: number; peakBytes: number };
        expect(bytes).toBe(TOTAL_BYTES);
        expect(peakBytes).toBeLessThan(PEAK_LIMIT_BYTES);
        console.log(`checkpoint ${what} ${bytes} ${codec}: peak ${(peakBytes / MIB).toFixed(0)} MiB`);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
