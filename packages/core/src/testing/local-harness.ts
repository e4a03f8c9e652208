import { open, readdir, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { StoreDriver } from "../driver.js";
import { createStore } from "../driver-store.js";
import { RESERVED_PREFIX } from "../local/local-key.js";
import type { ObjectStore } from "../store.js";
import { countingDriver, type DriverCounts } from "./counting-driver.js";
import type { ConformanceHarness } from "./harness.js";

export interface LocalHarnessOptions {
  readonly scheme: string;
  /** As in {@link ConformanceHarness}. */
  readonly partBytes: number;
  /** Makes an empty folder; the harness removes it. */
  readonly makeFolder: () => Promise<string>;
  /** The driver of the files below a folder. */
  readonly createDriver: (folder: string) => StoreDriver;
}

/** The harness, with all its hooks, of a backend whose objects are files: it looks at the files themselves. */
export function localHarness({ scheme, partBytes, makeFolder, createDriver }: LocalHarnessOptions): ConformanceHarness {
  const places = new WeakMap<ObjectStore, { readonly folder: string; readonly counts: DriverCounts }>();
  const folderOf = (store: ObjectStore): string => places.get(store)?.folder as string;
  const countsOf = (store: ObjectStore): DriverCounts => places.get(store)?.counts as DriverCounts;
  return {
    partBytes,
    boundedStore: true,
    createStore: async () => {
      const folder = await makeFolder();
      const { driver, counts } = countingDriver(createDriver(folder));
      const store = createStore(driver, { uri: `${scheme}://${folder}/`, prefix: "" });
      places.set(store, { folder, counts });
      return store;
    },
    leftovers: async (store) => {
      const names = await readdir(folderOf(store), { recursive: true });
      return names.filter((name) => name.includes(RESERVED_PREFIX));
    },
    listRequests: (store) => countsOf(store).listRequests,
    readRequests: (store) => countsOf(store).readRequests,
    bytesRead: (store) => countsOf(store).bytesRead,
    corrupt: async (store, key, change) => {
      const path = join(folderOf(store), key);
      if ("truncateTo" in change) await truncate(path, change.truncateTo);
      else await flipBit(path, change.flipAt);
    },
    cleanUp: (store) => rm(folderOf(store), { recursive: true, force: true }),
  };
}

async function flipBit(path: string, offset: number): Promise<void> {
  const handle = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, offset);
  await handle.write(Buffer.of((byte[0] as number) ^ 1), 0, 1, offset);
  await handle.close();
}
