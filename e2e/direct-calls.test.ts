import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { diskFolder, NO_DISK, temporaryBase } from "./disk-folder.js";

const CHILD = fileURLToPath(new URL("children/write-direct.mjs", import.meta.url));
const MIB = 2 ** 20;
const SIZE = 5 * MIB + 7;

/** At least what every device with O_DIRECT asks for. */
const SECTOR_BYTES = 512;

const problem = (() => {
  if (diskFolder === undefined) return NO_DISK;
  try {
    execFileSync("strace", ["-o", "/dev/null", "true"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "strace is not installed, or may not trace here";
  }
})();

interface Call {
  readonly fd: number;
  readonly address: number;
  readonly length: number;
  readonly position: number;
}

test.skipIf(problem !== undefined)(
  `each write and read is as large as a slab and aligned in address, offset and length${problem === undefined ? "" : ` [${problem}]`}`,
  async () => {
    const folder = await mkdtemp(join(temporaryBase, "sluice-strace-"));
    try {
      const trace = join(folder, "trace");
      const calls = "trace=openat,pwrite64,pread64,write,ftruncate";
      const args = ["-f", "-o", trace, "-e", calls, "-e", "raw=pwrite64,pread64", process.execPath, CHILD];
      await promisify(execFile)("strace", [...args, join(folder, "store"), String(SIZE)]);
      const { opening, writing, reading } = phases(await readFile(trace, "utf8"));
      const fd = /openat\(.*\.sluice-tmp.*O_DIRECT.* = (\d+)/.exec(opening)?.[1];
      const writes = callsIn(writing, "pwrite64").filter((call) => call.fd === Number(fd));
      const reads = callsIn(reading, "pread64").filter(({ length }) => length >= SECTOR_BYTES);
      for (const { address, length, position } of [...writes, ...reads]) {
        expect([address % SECTOR_BYTES, length % SECTOR_BYTES, position % SECTOR_BYTES]).toEqual([0, 0, 0]);
      }
      expect(writes.map(({ position }) => position).sort((a, b) => a - b)).toEqual(
        [0, 1, 2, 3, 4, 5].map((n) => n * MIB),
      );
      expect(writes.filter(({ length }) => length === MIB)).toHaveLength(5);
      expect(reads.length).toBeGreaterThanOrEqual(6);
      expect(writing).toContain(`ftruncate(${fd}, ${SIZE}`);
      expect((await stat(join(folder, "store", "object"))).size).toBe(SIZE);
      console.log(`${writes.length} direct writes and ${reads.length} direct reads, all aligned`);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

/** The trace, cut at the marks that the child writes. */
function phases(trace: string): { opening: string; writing: string; reading: string } {
  const [opening = "", rest = ""] = trace.split(/^.*write\(1, "begin\\n".*$/m);
  const [writing = "", reading = ""] = rest.split(/^.*write\(1, "written\\n".*$/m);
  return { opening, writing, reading };
}

/** The raw calls of one kind; those that another thread interrupts in the trace have their arguments too. */
function callsIn(trace: string, name: string): Call[] {
  const found = trace.matchAll(
    new RegExp(`${name}\\((0x[0-9a-f]+|0), (0x[0-9a-f]+), (0x[0-9a-f]+|0), (0x[0-9a-f]+|0)`, "g"),
  );
  return [...found].map(([, fd, address, length, position]) => ({
    fd: Number(fd),
    address: Number(address),
    length: Number(length),
    position: Number(position),
  }));
}
