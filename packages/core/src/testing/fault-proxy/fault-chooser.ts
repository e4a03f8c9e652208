import { ObjectStoreError } from "../../errors.js";
import { SeededRandom } from "../random.js";
import type { Fault } from "./fault.js";
import { drawFault, type FaultDecision, type FaultPlan } from "./fault-plan.js";
import type { FaultLogEntry, RequestFilter, RequestHead } from "./records.js";

/** A fault that waits for its requests. */
export interface ArmedFault {
  readonly fault: Fault;
  readonly when: RequestFilter | undefined;
  /** How many requests it waits for. */
  requestsLeft: number;
  /** Called when it has taken effect. */
  readonly onHit?: (entry: FaultLogEntry) => void;
  readonly onStop?: (error: ObjectStoreError) => void;
}

/** Says which fault a request meets: the first that is armed for it, else what the plan draws or decides. */
export class FaultChooser {
  readonly #plan: FaultPlan | FaultDecision | undefined;
  readonly #random: SeededRandom;
  readonly #pending = new Set<ArmedFault>();
  #armed: ArmedFault[] = [];
  #drawn = 0;

  constructor(plan: FaultPlan | FaultDecision | undefined, seed: number) {
    this.#plan = plan;
    this.#random = new SeededRandom(seed);
  }

  /** Arms `fault`; the promise is of the first request that it hits. */
  arm(fault: Fault, when: RequestFilter | undefined): Promise<FaultLogEntry> {
    const hit = new Promise<FaultLogEntry>((resolve, reject) => {
      const armed: ArmedFault = {
        fault,
        when,
        requestsLeft: requestsOf(fault),
        onHit: (entry) => {
          this.#pending.delete(armed);
          resolve(entry);
        },
        onStop: reject,
      };
      this.#armed.push(armed);
      this.#pending.add(armed);
    });
    // Who does not wait for the hit need not handle that there was none.
    hit.catch(() => undefined);
    return hit;
  }

  choose(request: RequestHead): ArmedFault | undefined {
    const armed = this.#armed.find(({ when }) => when?.(request) ?? true);
    if (armed === undefined)
      return typeof this.#plan === "function" ? this.#decide(this.#plan, request) : this.#draw(this.#plan, request);
    armed.requestsLeft--;
    if (armed.requestsLeft === 0) this.#armed = this.#armed.filter((other) => other !== armed);
    return armed;
  }

  /** Tells those who wait for a hit that there will be none. */
  stop(): void {
    const operation = "FaultProxy.next";
    const error = new ObjectStoreError("Aborted", `${operation}: the proxy stopped before the fault hit`, {
      operation,
    });
    for (const { onStop } of this.#pending) onStop?.(error);
    this.#pending.clear();
  }

  #decide(decide: FaultDecision, request: RequestHead): ArmedFault | undefined {
    const fault = decide(request);
    return fault && this.#begin(fault, undefined);
  }

  #draw(plan: FaultPlan | undefined, request: RequestHead): ArmedFault | undefined {
    if (plan === undefined || this.#drawn >= (plan.maxFaults ?? Number.POSITIVE_INFINITY)) return undefined;
    if (plan.when?.(request) === false) return undefined;
    const fault = drawFault(plan, this.#random);
    if (fault === undefined) return undefined;
    this.#drawn++;
    return this.#begin(fault, plan.when);
  }

  #begin(fault: Fault, when: RequestFilter | undefined): ArmedFault {
    const armed: ArmedFault = { fault, when, requestsLeft: requestsOf(fault) - 1 };
    // The rest of a burst comes before whatever is armed.
    if (armed.requestsLeft > 0) this.#armed.unshift(armed);
    return armed;
  }
}

function requestsOf(fault: Fault): number {
  return fault.kind === "burst503" ? fault.requests : 1;
}
