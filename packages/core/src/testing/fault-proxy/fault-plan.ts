import { ObjectStoreError } from "../../errors.js";
import { checkInteger, checkOptions } from "../../options.js";
import type { SeededRandom } from "../random.js";
import { checkFault } from "./check-fault.js";
import type { Fault, FaultRange, PlannedFault } from "./fault.js";
import type { RequestFilter, RequestHead } from "./records.js";

/** Says which fault a request meets, undefined for none. It is called once for a request and must not throw. */
export type FaultDecision = (request: RequestHead) => Fault | undefined;

/** Faults that are drawn for requests. */
export interface FaultPlan {
  /** One at least. */
  readonly faults: readonly PlannedFault[];
  /** How likely a request is hit, from 0 to 1. */
  readonly probability: number;
  /** How many faults are drawn at most; a burst counts as one. By default there is no end. */
  readonly maxFaults?: number;
  /** For which requests a fault is drawn at all; by default all. The others take nothing from the seeded numbers. */
  readonly when?: RequestFilter;
}

/** Refuses with InvalidArgument a plan that cannot be followed. */
export function checkFaultPlan(plan: FaultPlan | FaultDecision | undefined, operation: string): void {
  if (plan === undefined || typeof plan === "function") return;
  checkOptions(plan, ["faults", "probability", "maxFaults", "when"], operation);
  const { faults, probability, maxFaults, when } = plan;
  if (!Array.isArray(faults) || faults.length === 0) throw refusal(operation, "plan.faults must name a fault");
  for (const fault of faults) checkFault(fault, operation, true);
  if (typeof probability !== "number" || !(probability >= 0 && probability <= 1)) {
    throw refusal(operation, "plan.probability must be from 0 to 1");
  }
  if (maxFaults !== undefined) checkInteger(maxFaults, "plan.maxFaults", 0, Number.MAX_SAFE_INTEGER, operation);
  checkFilter(when, "plan.when", operation);
}

/** Refuses with InvalidArgument what cannot choose requests. */
export function checkFilter(when: unknown, name: string, operation: string): void {
  if (when !== undefined && typeof when !== "function") throw refusal(operation, `${name} must be a function`);
}

/** A fault of `plan`, or none: the same numbers give the same faults. */
export function drawFault(plan: FaultPlan, random: SeededRandom): Fault | undefined {
  if (fraction(random) >= plan.probability) return undefined;
  const total = plan.faults.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let left = fraction(random) * total;
  const drawn = plan.faults.find(({ weight = 1 }) => {
    left -= weight;
    return left < 0;
  });
  // Rounding may leave a rest that belongs to the last one.
  const { weight: _, ...fault } = drawn ?? (plan.faults.at(-1) as PlannedFault);
  const values = Object.entries(fault).map(([name, value]) => [name, drawValue(value, random)] as const);
  return Object.fromEntries(values) as unknown as Fault;
}

function drawValue(value: string | FaultRange, random: SeededRandom): string | number {
  return typeof value === "object" ? random.integer(value[0], value[1]) : value;
}

/** From 0 to below 1. */
function fraction(random: SeededRandom): number {
  return random.integer(0, 0xffffffff) / 2 ** 32;
}

function refusal(operation: string, reason: string): ObjectStoreError {
  return new ObjectStoreError("InvalidArgument", `${operation}: ${reason}`, { operation });
}
