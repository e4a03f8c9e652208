import { afterAll, describe, expect, test } from "vitest";
import { runConformance } from "../src/testing/index.js";
import { type MemoryHarnessOptions, memoryHarness } from "./testing-memory-harness.js";

const STORES: readonly (readonly [string, MemoryHarnessOptions, number])[] = [
  ["memory", {}, 150],
  ["memory below a prefix", { prefix: "base/é/" }, 150],
  ["memory without conditions and metadata", { lacking: { ifNotExists: false, ifMatch: false, metadata: false } }, 130],
];

for (const [name, options, atLeast] of STORES) {
  describe(name, async () => {
    const counts = await runConformance(memoryHarness(options), {
      test,
      skip: (caseName, reason) => test.skip(`${caseName} [${reason}]`),
    });

    afterAll(() => {
      console.log(`${name}: ${counts.executed} cases run, ${counts.skipped} skipped`);
      expect(counts.executed).toBe(counts.planned);
      expect(counts.executed).toBeGreaterThanOrEqual(atLeast);
    });
  });
}
