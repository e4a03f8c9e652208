import { open, readdir, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { createStore, type ObjectStore } from "@sluice/core";
import { LocalDriver, RESERVED_PREFIX } from "@sluice/core/local";
import { type ConformanceHarness, countingDriver, type DriverCounts, runConformance } from "@sluice/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { chooseByProbe } from "../src/folder-io.js";
import { checkDirectOptions } from "../src/options.js";
import { found, makeFolder, NO_DISK } from "./direct-folder.js";

interface Place {
  readonly folder: string;
  readonly counts: DriverCounts;
}

const places = new WeakMap<ObjectStore, Place>();
const placeOf = (store: ObjectStore): Place => places.get(store) as Place;
const { durability: _durability, ...ioOptions } = checkDirectOptions({}, "test");

const harness: ConformanceHarness = {
  partBytes: ioOptions.slabBytes,
  boundedStore: true,
  createStore: async () => {
    const folder = await makeFolder();
    const { driver, counts } = countingDriver(
      new LocalDriver({ backend: "directio", root: folder, io: chooseByProbe(ioOptions), durability: "none" }),
    );
    const store = createStore(driver, { uri: `direct://${folder}/`, prefix: "" });
    places.set(store, { folder, counts });
    return store;
  },
  leftovers: async (store) => {
    const names = await readdir(placeOf(store).folder, { recursive: true });
    return names.filter((name) => name.includes(RESERVED_PREFIX));
  },
  listRequests: (store) => placeOf(store).counts.listRequests,
  readRequests: (store) => placeOf(store).counts.readRequests,
  bytesRead: (store) => placeOf(store).counts.bytesRead,
  corrupt: async (store, key, change) => {
    const path = join(placeOf(store).folder, key);
    if ("truncateTo" in change) return truncate(path, change.truncateTo);
    const handle = await open(path, "r+");
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, change.flipAt);
    await handle.write(Buffer.of((byte[0] as number) ^ 1), 0, 1, change.flipAt);
    await handle.close();
  },
  cleanUp: (store) => rm(placeOf(store).folder, { recursive: true, force: true }),
};

describe.skipIf(found === undefined)(found === undefined ? `conformance [${NO_DISK}]` : "conformance", async () => {
  const counts = await runConformance(harness, { test, skip: (name, reason) => test.skip(`${name} [${reason}]`) });

  afterAll(() => {
    const alignment = found?.facts.alignmentBytes;
    console.log(`directio, alignment ${alignment}: ${counts.executed} cases executed, ${counts.skipped} skipped`);
    expect(counts.executed).toBe(counts.planned);
    expect(counts.executed).toBeGreaterThanOrEqual(60);
  });
});
