import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const CHILD = fileURLToPath(new URL("children/write-large.mjs", import.meta.url));
const MIB = 2 ** 20;
const PEAK_LIMIT_BYTES = 160 * MIB;

async function measure(child: string, ...args: (string | number)[]): Promise<{ size: number; peakBytes: number }> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-memory-"));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [child, folder, ...args.map(String)]);
    return JSON.parse(stdout) as { size: number; peakBytes: number };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** SLUICE_FULL_SIZE=1 writes 8 GiB, as the release check does; the bound is the same for any size. */
const LARGE_BYTES = process.env["SLUICE_FULL_SIZE"] === "1" ? 8192 * MIB : 1024 * MIB;

test.each([
  ["in 64 KiB chunks", LARGE_BYTES, 65_536, "none"],
  ["in 64 KiB chunks through zstd", LARGE_BYTES / 4, 65_536, "zstd"],
  ["in chunks of 8 MiB", LARGE_BYTES / 4, 8 * MIB, "none"],
  ["byte by byte", process.env["SLUICE_FULL_SIZE"] === "1" ? 64 * MIB : 16 * MIB, 1, "none"],
])(
  "an object written %s (%i bytes) needs less than 160 MiB",
  { timeout: 300_000 },
  async (_name, size, chunk, codec) => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-memory-"));
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [
        CHILD,
        folder,
        String(size),
        String(chunk),
        codec,
      ]);
      const result = JSON.parse(stdout) as { size: number; peakBytes: number };
      expect(result.size).toBe(size);
      expect(result.peakBytes).toBeLessThan(PEAK_LIMIT_BYTES);
      console.log(`${size} bytes in chunks of ${chunk}, ${codec}: peak ${(result.peakBytes / MIB).toFixed(0)} MiB`);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
