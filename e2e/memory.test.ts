import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const MIB = 2 ** 20;
const PEAK_LIMIT_BYTES = 160 * MIB;

/** SLUICE_FULL_SIZE=1 writes 8 GiB, as the release check does; the bound is the same for any size. */
const isFullSize = process.env["SLUICE_FULL_SIZE"] === "1";
const LARGE_BYTES = (isFullSize ? 8192 : 1024) * MIB;

test.each([
  ["in 64 KiB chunks", LARGE_BYTES, 65_536, "none"],
  ["in 64 KiB chunks through zstd", LARGE_BYTES / 4, 65_536, "zstd"],
  ["in chunks of 8 MiB", LARGE_BYTES / 4, 8 * MIB, "none"],
  ["byte by byte", (isFullSize ? 64 : 16) * MIB, 1, "none"],
])(
  "an object written %s (%i bytes) needs less than 160 MiB",
  { timeout: 300_000 },
  async (_name, size, chunk, codec) => {
    await expectBounded("write-large.mjs", size, chunk, codec);
  },
);

test.each([
  ["none", LARGE_BYTES],
  ["zstd", LARGE_BYTES],
  ["gzip", 128 * MIB],
])("an object with codec %s (%i bytes) is read in less than 160 MiB", { timeout: 300_000 }, async (codec, size) => {
  await expectBounded("read-large.mjs", size, codec);
});

async function expectBounded(child: string, size: number, ...more: readonly (string | number)[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-memory-"));
  try {
    const script = fileURLToPath(new URL(`children/${child}`, import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script, folder, String(size), ...more.map(String)]);
    const result = JSON.parse(stdout) as { size: number; peakBytes: number };
    expect(result.size).toBe(size);
    expect(result.peakBytes).toBeLessThan(PEAK_LIMIT_BYTES);
    console.log(`${child} ${size} ${more.join(" ")}: peak ${(result.peakBytes / MIB).toFixed(0)} MiB`);
  } finally {
    await rm(folder, { recursive: true });
  }
}
