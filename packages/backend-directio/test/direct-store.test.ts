import { accessSync, existsSync, mkdirSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createMemoryStore, isObjectStoreError, openObject, openStore, StoreRegistry } from "@sluice/core";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBackend, directioBackend, isDirectStore, openDirectStore } from "../src/index.js";
import { probeFolder } from "../src/probe/probe-folder.js";
import { found, makeFolder, NO_DISK } from "./direct-folder.js";

const registry = new StoreRegistry({ plugins: [directioBackend()], discovery: false });
const MIB = 1 << 20;

/** A folder in memory, where this machine has one. */
const memoryFolder: string | undefined = (() => {
  try {
    const folder = `/dev/shm/sluice-direct-${process.pid}`;
    mkdirSync(folder, { recursive: true });
    accessSync(folder);
    return folder;
  } catch {
    return undefined;
  }
})();

afterAll(async () => {
  if (memoryFolder !== undefined) await rm(memoryFolder, { recursive: true, force: true });
});

describe("options and URIs", () => {
  test("only the backend's own, within their limits", async () => {
    const cases: readonly [Record<string, unknown>, RegExp][] = [
      [{ mode: "maybe" }, /mode is "required" or "preferred"/],
      [{ durability: "sometimes" }, /durability is "fsync" or "none"/],
      [{ slabBytes: MIB - 65_536 }, /slabBytes must be a whole number from 1048576/],
      [{ slabBytes: MIB + 4096 }, /multiple of 65536/],
      [{ slabBytes: 4 * MIB, poolBytes: MIB }, /poolBytes must be a whole number from 4194304/],
      [{ buffersInFlight: 0 }, /buffersInFlight must be/],
      [{ direct: true }, /unknown option "direct" \(known: mode, durability, slabBytes, poolBytes, buffersInFlight\)/],
    ];
    for (const [backendOptions, message] of cases) {
      await expect(openStore("direct:///tmp", { registry, backendOptions })).rejects.toThrow(message);
    }
  });

  test("three slashes and an absolute folder", async () => {
    await expect(openStore("direct://data/key", { registry })).rejects.toThrow("direct:///data/key");
    await expect(openDirectStore("data")).rejects.toMatchObject({ code: "InvalidArgument" });
    expect(createBackend()).toMatchObject({ name: "directio", schemes: ["direct"], base: "folder" });
  });
});

describe.skipIf(found === undefined)(found === undefined ? `on a disk [${NO_DISK}]` : "on a disk", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await makeFolder();
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("the store and finalize say that it is direct, also through a URI of a folder that is not there yet", async () => {
    const { store, key } = await openObject(`direct://${folder}/new/a b%20#?.bin`, { registry });
    expect(isDirectStore(store) && store.effectiveMode).toBe("direct");
    expect(await readdir(folder)).toEqual([]);
    expect(await store.put(key, "content")).toMatchObject({ ioMode: "direct", size: 7 });
    expect(await readdir(join(folder, "new"))).toEqual(["a b%20#?.bin"]);
    expect(isDirectStore(createMemoryStore())).toBe(false);
  });

  test("ranges that are not aligned, and ends of files that are not, are read exactly", async () => {
    const store = await openDirectStore(folder, { durability: "none" });
    const content = new Uint8Array(2 * MIB + 4095).map((_, index) => index * 7 + (index >> 12));
    await store.put("object", content);
    for (const start of [0, 1, 511, 4095, 4097, MIB - 1, MIB + 1, 2 * MIB, 2 * MIB + 4094, 2 * MIB + 4095]) {
      for (const length of [1, 512, 4096, MIB, 3 * MIB]) {
        const bytes = await store.getRange("object", { start, end: start + length });
        expect(Buffer.compare(bytes, content.subarray(start, start + length)), `${start} + ${length}`).toBe(0);
      }
    }
  });

  test("a chunk belongs to its reader: it shares no memory, and changing it changes no other", async () => {
    const store = await openDirectStore(folder, { durability: "none" });
    const content = new Uint8Array(5 * MIB).map((_, index) => index * 7);
    await store.put("object", content);
    const buffers = new Set<ArrayBufferLike>();
    const copies: Uint8Array[] = [];
    for await (const chunk of await store.get("object")) {
      copies.push(chunk.slice());
      buffers.add(chunk.fill(1).buffer);
    }
    expect(buffers.size).toBe(copies.length);
    expect(Buffer.compare(Buffer.concat(copies), content)).toBe(0);
  });

  test("a reader keeps its version while the object is replaced", async () => {
    const store = await openDirectStore(folder, { durability: "none" });
    const [first, second] = [new Uint8Array(6 * MIB).fill(1), new Uint8Array(6 * MIB).fill(2)];
    await store.put("object", first);
    const chunks: Uint8Array[] = [];
    for await (const chunk of await store.get("object")) {
      chunks.push(chunk);
      await store.put("object", second);
    }
    expect(Buffer.compare(Buffer.concat(chunks), first)).toBe(0);
  });

  test("a copy is made of the same bytes without a size that is padded", async () => {
    const store = await openDirectStore(folder, { durability: "none" });
    const content = new Uint8Array(3 * MIB + 5).map((_, index) => index * 3);
    await store.put("a", content);
    expect(await store.copy("a", "b")).toMatchObject({ size: content.byteLength });
    expect(Buffer.compare(await (await store.get("b")).bytes(), content)).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(["a", "b"]);
  });

  test("a folder is no object, here too", async () => {
    await mkdir(join(folder, "sub"));
    const store = await openDirectStore(folder);
    await expect(store.get("sub")).rejects.toMatchObject({ code: "NotFound" });
    await writeFile(join(folder, "file"), "x");
    await expect(store.get("file/below")).rejects.toMatchObject({ code: "NotFound" });
  });

  test("where Node has no O_DIRECT, as on macOS and Windows, the probe says so", async () => {
    expect(await probeFolder(folder, undefined)).toMatchObject({ directIo: "none" });
  });
});

describe.skipIf(memoryFolder === undefined)("in memory (tmpfs, which accepts any O_DIRECT)", () => {
  const base = memoryFolder as string;

  test("required refuses with the reason and the remedy before anything appears", async () => {
    const before = await readdir(base);
    for (const folder of [base, join(base, "not", "there")]) {
      await expect(openDirectStore(folder)).rejects.toMatchObject({
        code: "Unsupported",
        backend: "directio",
        uri: `direct://${folder}/`,
        message: expect.stringMatching(/tmpfs keeps files in memory.*mode: "preferred"/),
      });
    }
    const error = await openStore(`direct://${base}`, { registry }).catch((error: unknown) => error);
    expect(isObjectStoreError(error, "Unsupported")).toBe(true);
    expect(await readdir(base)).toEqual(before);
  });

  test("preferred works, and the store and finalize say that it is buffered", async () => {
    const store = await openDirectStore(join(base, "preferred"), { mode: "preferred" });
    expect(store.effectiveMode).toBe("buffered");
    const content = new Uint8Array(3 * MIB + 7).map((_, index) => index * 5);
    expect(await store.put("object", content)).toMatchObject({ ioMode: "buffered" });
    expect(Buffer.compare(await (await store.get("object")).bytes(), content)).toBe(0);
    await store.copy("object", "copy");
    expect((await store.head("copy")).size).toBe(content.byteLength);
    expect(existsSync(join(base, "preferred", "object"))).toBe(true);
  });
});
