import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { openDirectStore } from "@sluice/backend-directio";
import { openFsStore } from "@sluice/backend-fs";
import type { ObjectStore } from "@sluice/core";
import { StreamingDataWriter, verifyObject } from "@sluice/datagen";
import { afterAll, describe, expect, test } from "vitest";
import { diskFolder, NO_DISK, temporaryBase } from "./disk-folder.js";

const MIB = 2 ** 20;

/** SLUICE_FULL_SIZE=1 writes 2 GiB and looks at the whole machine's page cache, so that nothing else may run meanwhile. */
const isFullSize = process.env["SLUICE_FULL_SIZE"] === "1";
const CACHE_LIMIT_BYTES = 64 * MIB;

const base = await mkdtemp(join(temporaryBase, "sluice-direct-"));
afterAll(() => rm(base, { recursive: true, force: true }));

const hasFincore = (() => {
  try {
    execFileSync("fincore", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

const title = diskFolder === undefined ? `direct: and file: [${NO_DISK}]` : "direct: and file:";

describe.skipIf(diskFolder === undefined)(title, () => {
  test.each([0, 1, 511, 512, 513, 4095, 4096, 4097, MIB - 1, MIB, MIB + 1, 10 * MIB + 7])(
    "an object of %i bytes is the same file through both",
    async (size) => {
      const { direct, buffered } = await openBoth(`size-${size}`);
      const results = [];
      for (const store of [direct, buffered]) {
        const writer = await StreamingDataWriter.create({ store, key: "object" }, { size, seed: 7n });
        await writer.generateRemaining();
        results.push(await writer.finalize());
      }
      expect(results[0]).toMatchObject({ size, storedSize: size, checksum: results[1]?.checksum, ioMode: "direct" });
      expect(await sha256(direct)).toBe(await sha256(buffered));
    },
  );

  test("generated data that went past the page cache verifies, read past it too", async () => {
    const { direct } = await openBoth("generated");
    const options = { size: 24 * MIB + 12_345, dedup: 2, compress: 3, seed: 7n };
    const writer = await StreamingDataWriter.create({ store: direct, key: "object" }, options);
    await writer.generateRemaining();
    await writer.finalize();
    expect(await verifyObject(direct, "object", writer.recipe)).toMatchObject({ ok: true });
  });

  test.skipIf(!hasFincore)(`direct: leaves nothing in the page cache${hasFincore ? "" : " [no fincore]"}`, async () => {
    const { direct, buffered } = await openBoth("cached");
    const size = 128 * MIB;
    expect(await cachedBytes(direct, size)).toBe(0);
    expect(await cachedBytes(buffered, size)).toBeGreaterThan(size / 2);
    for await (const _ of await direct.get("object"));
    expect(await residentBytes(direct)).toBe(0);
  });

  test.skipIf(!isFullSize)(
    "2 GiB raise Cached by less than 64 MiB, through file: by far more",
    { timeout: 300_000 },
    async () => {
      const { direct, buffered } = await openBoth("meminfo");
      const rises = [];
      for (const store of [direct, buffered]) {
        const before = await meminfoCached();
        await generate(store, 2048 * MIB);
        rises.push((await meminfoCached()) - before);
        await store.delete("object");
      }
      console.log(`Cached rose by ${rises.map((rise) => (rise / MIB).toFixed(0)).join(" MiB (direct), ")} MiB (file)`);
      expect(rises[0]).toBeLessThan(CACHE_LIMIT_BYTES);
      expect(rises[1]).toBeGreaterThan(4 * CACHE_LIMIT_BYTES);
    },
  );
});

async function openBoth(name: string): Promise<{ direct: ObjectStore; buffered: ObjectStore }> {
  await mkdir(join(base, name));
  return {
    direct: await openDirectStore(join(base, name, "direct"), { durability: "none" }),
    buffered: openFsStore(join(base, name, "buffered"), { durability: "none" }),
  };
}

function pathOf(store: ObjectStore): string {
  return new URL("object", store.uri.replace("direct:", "file:")).pathname;
}

async function sha256(store: ObjectStore): Promise<string> {
  return createHash("sha256")
    .update(await readFile(pathOf(store)))
    .digest("hex");
}

async function generate(store: ObjectStore, size: number): Promise<void> {
  const writer = await StreamingDataWriter.create({ store, key: "object" }, { size, seed: 7n });
  await writer.generateRemaining();
  await writer.finalize();
}

/** How much of an object is in the page cache just after it was written. */
async function cachedBytes(store: ObjectStore, size: number): Promise<number> {
  await generate(store, size);
  return residentBytes(store);
}

async function residentBytes(store: ObjectStore): Promise<number> {
  const { stdout } = await promisify(execFile)("fincore", ["--bytes", "--noheadings", "--output=RES", pathOf(store)]);
  return Number(stdout);
}

async function meminfoCached(): Promise<number> {
  return Number(/^Cached:\s+(\d+) kB/m.exec(await readFile("/proc/meminfo", "utf8"))?.[1]) * 1024;
}
