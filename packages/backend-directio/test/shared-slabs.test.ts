import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ObjectWriter } from "@sluice/core";
import { lentMemoryOf } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DirectStoreOptions, openDirectStore } from "../src/index.js";
import { sharedPool } from "../src/pool/shared-pools.js";
import { found, makeFolder, NO_DISK } from "./direct-folder.js";

const MIB = 1 << 20;
const WRITERS = 64;

let folder: string;

describe.skipIf(found === undefined)(found === undefined ? `shared slabs [${NO_DISK}]` : "shared slabs", () => {
  beforeEach(async () => {
    folder = await makeFolder();
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test.each([1, 3, 16])("64 writers fed in turn, each call awaited, share %i slabs", async (slabCount) => {
    const poolBytes = slabCount * MIB;
    const pool = sharedPool(poolBytes, MIB);
    const { writers, hashes } = await openWriters({ poolBytes });
    for (let turn = 0; turn < 12; turn++) {
      for (const [index, writer] of writers.entries()) {
        // From a few bytes to more than a slab, so that writers park with nothing, with a part of a block, and with many.
        const chunk = new Uint8Array(((turn * 7 + index * 13) % 29) ** 4 + 1).fill(turn * WRITERS + index);
        await writer.writeChunk(chunk);
        hashes[index]?.update(chunk);
      }
    }
    await Promise.all(writers.map((writer) => writer.finalize()));
    for (const [index, hash] of hashes.entries()) {
      const stored = await readFile(join(folder, String(index)));
      expect(createHash("sha256").update(stored).digest("hex"), `object ${index}`).toBe(hash.digest("hex"));
    }
    expect(pool.freeCount).toBe(slabCount);
  });

  test("64 writers at once, with readers between them, share 4 slabs", async () => {
    const poolBytes = 4 * MIB;
    const { writers } = await openWriters({ poolBytes });
    const content = new Uint8Array(2.5 * MIB).map((_, index) => index * 11);
    const store = await openDirectStore(folder, { durability: "none", poolBytes });
    await store.put("source", content);
    await Promise.all(
      writers.map(async (writer) => {
        for await (const chunk of await store.get("source")) await writer.writeChunk(chunk);
        await writer.finalize();
      }),
    );
    for (let index = 0; index < WRITERS; index++) {
      expect(Buffer.compare(await readFile(join(folder, String(index))), content)).toBe(0);
    }
    expect(sharedPool(poolBytes, MIB).freeCount).toBe(4);
  });

  test("cancelled, failed and idle writers give their slabs back, also while they wait for one", async () => {
    const poolBytes = 2 * MIB;
    const { writers } = await openWriters({ poolBytes });
    const controller = new AbortController();
    const store = await openDirectStore(folder, { durability: "none", poolBytes });
    const aborted = await store.createWriter("aborted", { signal: controller.signal });
    const underWay = writers.map((writer) => writer.writeChunk(new Uint8Array(3 * MIB)).catch(() => undefined));
    const failing = aborted.writeChunk(new Uint8Array(5 * MIB));
    controller.abort();
    await expect(failing).rejects.toMatchObject({ code: "Aborted" });
    await Promise.all(writers.map((writer) => writer.cancel()));
    await Promise.all(underWay);
    expect(sharedPool(poolBytes, MIB).freeCount).toBe(2);
  });

  test("a producer gets its room in the pool every time, so that nothing is copied", async () => {
    const poolBytes = 8 * MIB;
    const store = await openDirectStore(folder, { durability: "none", poolBytes });
    const writer = await store.createWriter("produced");
    let outside = 0;
    let made = 0;
    await writer.writeFrom((room, maxBytes) => {
      if (room === undefined || lentMemoryOf(room) !== sharedPool(poolBytes, MIB)) outside++;
      return (room ?? new Uint8Array(maxBytes)).fill(made++);
    }, 32 * MIB);
    await writer.finalize();
    expect(outside).toBe(0);
    const stored = await readFile(join(folder, "produced"));
    for (let step = 0; step < made; step++) expect(stored[step * 65_536 + 77]).toBe(step & 255);
  });
});

async function openWriters(
  options: DirectStoreOptions,
): Promise<{ writers: ObjectWriter[]; hashes: ReturnType<typeof createHash>[] }> {
  const store = await openDirectStore(folder, { durability: "none", ...options });
  const keys = Array.from({ length: WRITERS }, (_, index) => String(index));
  const writers = await Promise.all(keys.map((key) => store.createWriter(key)));
  return { writers, hashes: keys.map(() => createHash("sha256")) };
}
