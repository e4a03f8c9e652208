import { closeSync, existsSync, openSync, writeFileSync, writeSync } from "node:fs";
import { appendFile, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { ByteRange, ObjectStore } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openFsStore } from "../src/index.js";

const SIZE = 4 << 20;

let folder: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-changed-"));
  store = openFsStore(folder);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Overwrites the last byte where it stands. */
async function flip(): Promise<void> {
  const file = await open(join(folder, "a"), "r+");
  await file.write(Buffer.from("#"), 0, 1, SIZE - 1);
  await file.close();
}

describe("a file that another program changes in place while it is read", () => {
  test.each<[string, () => Promise<unknown>]>([
    ["overwritten", flip],
    ["made longer", () => appendFile(join(folder, "a"), "more")],
    ["cut", () => truncate(join(folder, "a"), SIZE - 1)],
    ["written anew", () => writeFile(join(folder, "a"), Buffer.alloc(SIZE, "b"))],
  ])("%s: the read fails with PreconditionFailed, also right after the file was written", async (_, change) => {
    for (let round = 0; round < 10; round++) {
      await writeFile(join(folder, "a"), Buffer.alloc(SIZE, "a"));
      const object = await store.get("a");
      const reading = (async () => {
        let isFirst = true;
        for await (const _chunk of object) {
          if (isFirst) await change();
          isFirst = false;
        }
      })();
      await expect(reading).rejects.toMatchObject({ code: "PreconditionFailed" });
    }
  });

  test("a change within one tick of the clock that the file was written in is seen", async () => {
    for (let round = 0; round < 20; round++) {
      writeFileSync(join(folder, "a"), "aaaa");
      const object = await store.get("a");
      const file = openSync(join(folder, "a"), "r+");
      writeSync(file, "bb");
      closeSync(file);
      await expect(object.text()).rejects.toMatchObject({ code: "PreconditionFailed" });
    }
  });

  test("a signal ends the wait for a file that was written just now", async () => {
    await writeFile(join(folder, "a"), "a");
    const controller = new AbortController();
    const reading = store.get("a", { signal: controller.signal });
    controller.abort();
    await expect(reading).rejects.toMatchObject({ code: "Aborted" });
  });
});

describe("files whose size is not what they report", () => {
  const FILES = ["/proc/self/status", "/proc/cpuinfo", "/proc/filesystems"].filter((path) => existsSync(path));
  const SYSTEM = ["/sys/kernel/mm/transparent_hugepage/enabled", "/sys/devices/system/cpu/online"];
  const ALL = [...FILES, ...SYSTEM.filter((path) => existsSync(path))];
  const refused = { code: "Unsupported", retryable: false };

  test.each(ALL)("%s is refused whole, as bytes and by a copy", async (path) => {
    const system = openFsStore(dirname(path));
    await expect(system.get(basename(path)).then((object) => object.bytes())).rejects.toMatchObject(refused);
    await expect(system.get(basename(path)).then((object) => object.text())).rejects.toMatchObject(refused);
    const target = `${folder.slice(1)}/copy`;
    await expect(openFsStore("/").copy(path.slice(1), target)).rejects.toMatchObject(refused);
    expect(await readdir(folder)).toEqual([]);
  });

  test.each(FILES)("%s is refused by ranges too", async (path) => {
    const system = openFsStore(dirname(path));
    const ranges: ByteRange[] = [{ start: 0, end: 10 }, { start: 5 }, { suffix: 3 }];
    for (const range of ranges) await expect(system.getRange(basename(path), range)).rejects.toMatchObject(refused);
    await expect(system.getRanges(basename(path), ranges)).rejects.toMatchObject(refused);
  });

  test("an empty file is an empty object, and its copy too", async () => {
    await writeFile(join(folder, "a"), "");
    expect(await (await store.get("a")).bytes()).toHaveLength(0);
    await store.copy("a", "b");
    expect(await readFile(join(folder, "b"))).toHaveLength(0);
  });
});
