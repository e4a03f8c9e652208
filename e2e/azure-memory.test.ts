import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startDrain } from "../bench/lib/drain.mjs";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

test("4 GiB of unknown length, in chunks of 64 KiB, to Azure takes less than 260 MiB with 4 blocks of 16 MiB in flight", async () => {
  const drain = await startDrain();
  try {
    const child = fileURLToPath(new URL("children/azure-upload-memory.mjs", import.meta.url));
    const here = fileURLToPath(new URL(".", import.meta.url));
    const parameters = [child, drain.azureConnectionString, String(4 * GIB)];
    const { stdout } = await promisify(execFile)(process.execPath, parameters, { cwd: here });
    const { size, parts, peakBytes } = JSON.parse(stdout) as { size: number; parts: number; peakBytes: number };
    console.log(`4 GiB in ${parts} blocks: ${Math.round(peakBytes / MIB)} MiB of resident memory at the peak`);
    expect(size).toBe(4 * GIB);
    expect(peakBytes).toBeLessThan(260 * MIB);
  } finally {
    await drain.stop();
  }
}, 300_000);
