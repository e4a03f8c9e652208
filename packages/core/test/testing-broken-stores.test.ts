import { describe, expect, test } from "vitest";
import { conformanceCases, runConformanceCase } from "../src/testing/index.js";
import { storesWithBrokenChanges } from "./testing-broken-changes.js";
import { storesWithBrokenKeys } from "./testing-broken-keys.js";
import { storesWithBrokenObjects } from "./testing-broken-objects.js";
import { storesWithBrokenReads } from "./testing-broken-reads.js";
import { storesWithBrokenWriters } from "./testing-broken-writers.js";
import { memoryHarness } from "./testing-memory-harness.js";

const stores = [
  ...storesWithBrokenWriters,
  ...storesWithBrokenReads,
  ...storesWithBrokenChanges,
  ...storesWithBrokenKeys,
  ...storesWithBrokenObjects,
];

// A suite is worth what it finds: each of these stores breaks a promise, and the cases named must see it.
for (const { fault, breaks, wrap } of stores) {
  describe(fault, () => {
    test.each(breaks)("%s fails", async (id) => {
      const conformanceCase = conformanceCases.find((candidate) => candidate.id === id);
      if (conformanceCase === undefined) throw new Error(`there is no case ${id}`);
      await expect(
        runConformanceCase(conformanceCase, { ...memoryHarness({ wrap }), boundedStore: true }),
      ).rejects.toThrow(`${id} `);
    });
  });
}
