import type { Capabilities } from "../capabilities.js";
import { conformanceCases } from "./all-cases.js";
import type { ConformanceHarness } from "./harness.js";
import { type PlannedCase, skippedCases } from "./plan.js";
import { runConformanceCase } from "./run-case.js";

/** How a test runner takes cases: `test` and `skip` register one each and return at once. */
export interface ConformanceRunner {
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Shows a case that is not run, with the reason. */
  readonly skip: (name: string, reason: string) => unknown;
}

/** How many cases there are, and how many have run so far. */
export interface ConformanceCounts {
  /** Cases handed to `test`. */
  readonly planned: number;
  /** Cases handed to `skip`. */
  readonly skipped: number;
  /** Cases that have run to their end by now; assert after the last test that it equals `planned`. */
  readonly executed: number;
  /** Cases that have kept their promise by now. */
  readonly passed: number;
}

/** Every case with what is to happen with it, for a store with these capabilities. */
export function planConformance(harness: ConformanceHarness, capabilities: Capabilities): readonly PlannedCase[] {
  const reasons = skippedCases(harness, capabilities);
  return conformanceCases.map((conformanceCase) => {
    const skip = reasons.get(conformanceCase.id);
    if (skip !== undefined) return { case: conformanceCase, skip };
    return { case: conformanceCase, run: () => runConformanceCase(conformanceCase, harness) };
  });
}

/**
 * Registers every case with a test runner, as `W7 finalizing twice returns the same result`; names and ids are stable.
 * Opens one store beforehand to ask for its capabilities, so it is awaited at the top level of a test file.
 *
 * ```ts
 * const counts = await runConformance(harness, { test, skip: (name, reason) => test.skip(`${name} [${reason}]`) });
 * ```
 */
export async function runConformance(
  harness: ConformanceHarness,
  { test, skip }: ConformanceRunner,
): Promise<ConformanceCounts> {
  const counts = { planned: 0, skipped: 0, executed: 0, passed: 0 };
  for (const planned of planConformance(harness, await capabilitiesOf(harness))) {
    const name = `${planned.case.id} ${planned.case.name}`;
    if ("skip" in planned) {
      counts.skipped++;
      skip(name, planned.skip);
      continue;
    }
    counts.planned++;
    test(name, async () => {
      try {
        await planned.run();
        counts.passed++;
      } finally {
        counts.executed++;
      }
    });
  }
  return counts;
}

async function capabilitiesOf(harness: ConformanceHarness): Promise<Capabilities> {
  const store = await harness.createStore();
  try {
    return store.capabilities;
  } finally {
    await harness.cleanUp?.(store);
    await store.close();
  }
}
