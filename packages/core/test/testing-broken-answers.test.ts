import { describe, expect, test } from "vitest";
import { conformanceCases, runConformanceCase } from "../src/testing/index.js";
import { believingStores, doubtingStore, hostileMemory } from "./testing-broken-answers.js";
import { memoryHarness } from "./testing-memory-harness.js";

const cases = conformanceCases.filter(({ needs }) => needs.includes("hostile"));

test.each(cases.map((one) => [one.id, one] as const))(
  "%s passes where nothing hostile is believed",
  async (_id, one) => {
    await runConformanceCase(one, { ...memoryHarness(), hostile: hostileMemory(doubtingStore) });
  },
);

// Each of these stores believes a hostile answer, and the cases named must see it.
for (const behaviour of believingStores) {
  describe(behaviour.fault, () => {
    test.each(behaviour.breaks)("%s fails", async (id) => {
      const one = cases.find((candidate) => candidate.id === id);
      if (one === undefined) throw new Error(`there is no case ${id}`);
      const run = runConformanceCase(one, { ...memoryHarness(), hostile: hostileMemory(behaviour) });
      await expect(run).rejects.toThrow(`${id} `);
    });
  });
}

test("every case of hostile answers has a store that breaks it", () => {
  const broken = new Set(believingStores.flatMap(({ breaks }) => breaks));
  expect(cases.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([]);
});
