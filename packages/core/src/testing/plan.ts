import type { Capabilities } from "../capabilities.js";
import { ObjectStoreError } from "../errors.js";
import { conformanceCases } from "./all-cases.js";
import type { ConformanceCase, ConformanceNeed, HarnessHook, SwitchCapability } from "./conformance-case.js";
import type { ConformanceHarness } from "./harness.js";

/** A case and what is to happen with it: it runs, or is skipped for a reason that a report can show. */
export type PlannedCase =
  | { readonly case: ConformanceCase; readonly run: () => Promise<void> }
  | { readonly case: ConformanceCase; readonly skip: string };

const HOOKS: readonly HarnessHook[] = [
  "leftovers",
  "listRequests",
  "readRequests",
  "bytesRead",
  "corrupt",
  "boundedStore",
  "hostile",
];

/**
 * Tells for every case why it cannot run: the harness skips it, or the store or the harness lacks what it needs. Cases
 * that can run are absent. InvalidArgument if the harness skips an id that no case has.
 */
export function skippedCases(harness: ConformanceHarness, capabilities: Capabilities): ReadonlyMap<string, string> {
  const skip = harness.skip ?? {};
  const ids = new Set(conformanceCases.map(({ id }) => id));
  const unknown = Object.keys(skip).filter((id) => !ids.has(id));
  if (unknown.length > 0) {
    throw new ObjectStoreError("InvalidArgument", `skip names cases that do not exist: ${unknown.join(", ")}`);
  }
  const reasons = new Map<string, string>();
  for (const { id, needs } of conformanceCases) {
    const reason = skip[id] ?? lacking(needs, harness, capabilities);
    if (reason !== undefined) reasons.set(id, reason);
  }
  return reasons;
}

function lacking(
  needs: readonly ConformanceNeed[],
  harness: ConformanceHarness,
  capabilities: Capabilities,
): string | undefined {
  for (const need of needs) {
    if (isHook(need)) {
      if (harness[need] === undefined) return `the harness has no ${need}`;
    } else if (need.startsWith("no ")) {
      const capability = need.slice("no ".length) as SwitchCapability;
      if (capabilities[capability]) return `the store has ${capability}`;
    } else if (!capabilities[need as SwitchCapability]) {
      return `the store has no ${need}`;
    }
  }
  return undefined;
}

function isHook(need: ConformanceNeed): need is HarnessHook {
  return (HOOKS as readonly string[]).includes(need);
}
