import { afterAll, expect, test } from "vitest";
import { createStore } from "../src/driver-store.js";
import { MemoryBucket } from "../src/memory/memory-bucket.js";
import type { ObjectStore } from "../src/store.js";
import { runConformance } from "../src/testing/index.js";
import { MemoryInParts } from "./multipart-memory.js";

const PART_BYTES = 64 << 10;
const drivers = new WeakMap<ObjectStore, MemoryInParts>();

const counts = await runConformance(
  {
    partBytes: PART_BYTES,
    createStore: async () => {
      const driver = new MemoryInParts(new MemoryBucket(), PART_BYTES);
      const store = createStore(driver, { uri: "memory://parts/", prefix: "" });
      drivers.set(store, driver);
      return store;
    },
    leftovers: async (store) =>
      (drivers.get(store)?.uploads ?? []).flatMap((upload, index) => (upload.isOpen ? [`open upload ${index}`] : [])),
  },
  { test, skip: (caseName, reason) => test.skip(`${caseName} [${reason}]`) },
);

afterAll(() => {
  console.log(`memory in parts: ${counts.executed} cases run, ${counts.skipped} skipped`);
  expect(counts.executed).toBe(counts.planned);
  expect(counts.executed).toBeGreaterThanOrEqual(210);
});
