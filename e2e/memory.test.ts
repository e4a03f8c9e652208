import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { diskFolder, NO_DISK, temporaryBase } from "./disk-folder.js";

const MIB = 2 ** 20;
const PEAK_LIMIT_BYTES = 160 * MIB;

/** From 24 on the collector marks in small steps while new chunks are made. It is the same for any size. */
const COLLECTS_LATE = Number(process.versions.node.split(".")[0]) >= 24;

/** SLUICE_FULL_SIZE=1 writes 8 GiB, as the release check does; the bound is the same for any size. */
const isFullSize = process.env["SLUICE_FULL_SIZE"] === "1";
const LARGE_BYTES = (isFullSize ? 8192 : 1024) * MIB;

test.for([
  ["fs", "in 64 KiB chunks", LARGE_BYTES, 65_536, "none"],
  ["fs", "in 64 KiB chunks through zstd", LARGE_BYTES / 4, 65_536, "zstd"],
  ["fs", "in chunks of 8 MiB", LARGE_BYTES / 4, 8 * MIB, "none"],
  ["fs", "byte by byte", (isFullSize ? 64 : 16) * MIB, 1, "none"],
  ["directio", "in 64 KiB chunks", LARGE_BYTES, 65_536, "none"],
  ["directio", "in 64 KiB chunks through zstd", LARGE_BYTES / 4, 65_536, "zstd"],
  ["directio", "in chunks of 8 MiB", LARGE_BYTES / 4, 8 * MIB, "none"],
] as const)(
  "%s: an object written %s (%i bytes) needs less than 160 MiB",
  { timeout: 300_000 },
  async ([backend, _name, size, chunk, codec], { skip }) => {
    if (backend === "directio" && diskFolder === undefined) skip(NO_DISK);
    await expectBounded("write-large.mjs", backend, size, chunk, codec);
  },
);

test.for([
  ["fs", "none", LARGE_BYTES, "owned"],
  ["fs", "none", LARGE_BYTES, "lent"],
  ["fs", "zstd", LARGE_BYTES, "owned"],
  ["fs", "zstd", LARGE_BYTES, "lent"],
  ["fs", "gzip", 128 * MIB, "owned"],
  ["directio", "none", LARGE_BYTES, "owned"],
  ["directio", "none", LARGE_BYTES, "lent"],
  ["directio", "zstd", LARGE_BYTES / 4, "owned"],
] as const)(
  "%s: an object with codec %s (%i bytes) is read in less than 160 MiB, its chunks %s",
  { timeout: 300_000 },
  async ([backend, codec, size, chunks], { skip }) => {
    if (backend === "directio" && diskFolder === undefined) skip(NO_DISK);
    if (chunks === "owned" && COLLECTS_LATE)
      skip("this Node lets up to 128 MiB of chunks lie that nobody has any more");
    await expectBounded("read-large.mjs", backend, size, codec, chunks);
  },
);

test("s3: 4 GiB of unknown length in 64 KiB chunks, in parts of 16 MiB and 4 at once, need less than 260 MiB", {
  timeout: 300_000,
}, async () => {
  const [size, partBytes, partsInFlight] = [4096 * MIB, 16 * MIB, 4];
  const arguments_ = [size, 65_536, partBytes, partsInFlight];
  const result = await runChild<{ parts: number }>("upload-s3.mjs", ...arguments_);
  expect(result).toMatchObject({ size, parts: size / partBytes, verifiedBy: "server" });
  expect(result.peakBytes).toBeLessThan(260 * MIB);
  console.log(`upload-s3.mjs ${arguments_.join(" ")}: peak ${(result.peakBytes / MIB).toFixed(0)} MiB`);
});

async function expectBounded(
  child: string,
  backend: string,
  size: number,
  ...more: readonly (string | number)[]
): Promise<void> {
  const folder = await mkdtemp(join(temporaryBase, "sluice-memory-"));
  try {
    const result = await runChild(child, backend, folder, size, ...more);
    expect(result.size).toBe(size);
    expect(result.peakBytes).toBeLessThan(PEAK_LIMIT_BYTES);
    console.log(`${child} ${backend} ${size} ${more.join(" ")}: peak ${(result.peakBytes / MIB).toFixed(0)} MiB`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runChild<Facts>(
  child: string,
  ...given: readonly (string | number)[]
): Promise<Facts & { readonly size: number; readonly peakBytes: number }> {
  const script = fileURLToPath(new URL(`children/${child}`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...given.map(String)]);
  return JSON.parse(stdout);
}
