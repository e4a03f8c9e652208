import { ObjectStoreError } from "../../errors.js";
import { checkInteger, checkOptions } from "../../options.js";
import type { Fault } from "./fault.js";

interface NumberRule {
  readonly minimum: number;
  readonly maximum: number;
  readonly required: boolean;
}

interface FaultRule {
  readonly on: "required" | "optional" | "none";
  readonly numbers: Readonly<Record<string, NumberRule>>;
}

const offset = (required: boolean): NumberRule => ({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, required });

const RULES: Readonly<Record<Fault["kind"], FaultRule>> = {
  reset: { on: "optional", numbers: { afterBytes: offset(false) } },
  stall: { on: "optional", numbers: { afterBytes: offset(false) } },
  cut: { on: "required", numbers: { afterBytes: offset(true) } },
  delay: { on: "optional", numbers: { delayMs: { minimum: 0, maximum: 0x7fffffff, required: true } } },
  burst503: { on: "none", numbers: { requests: { minimum: 1, maximum: 1_000_000, required: true } } },
  flip: {
    on: "required",
    numbers: { atByte: offset(true), bit: { minimum: 0, maximum: 7, required: false } },
  },
};

/** Refuses with InvalidArgument what is no fault; `planned` ones may have a weight, and ranges for numbers. */
export function checkFault(fault: unknown, operation: string, planned = false): void {
  const kind = (fault as { readonly kind?: unknown } | null | undefined)?.kind;
  if (typeof kind !== "string" || !Object.hasOwn(RULES, kind)) {
    const known = Object.keys(RULES).join(", ");
    throw new ObjectStoreError("InvalidArgument", `${operation}: a fault's kind must be one of ${known}`, {
      operation,
    });
  }
  const { on, numbers } = RULES[kind as Fault["kind"]];
  const names = ["kind", ...(on === "none" ? [] : ["on"]), ...Object.keys(numbers), ...(planned ? ["weight"] : [])];
  checkOptions(fault, names, operation);
  const given = fault as Readonly<Record<string, unknown>>;
  checkSide(given["on"], on, `${operation}: ${kind}`);
  for (const [name, rule] of Object.entries(numbers))
    checkNumber(given[name], `${kind}.${name}`, rule, operation, planned);
  if (given["weight"] !== undefined) checkWeight(given["weight"], `${kind}.weight`, operation);
}

function checkSide(value: unknown, rule: FaultRule["on"], where: string): void {
  if (value === "request" || value === "response" || (value === undefined && rule !== "required")) return;
  throw new ObjectStoreError("InvalidArgument", `${where}: on must be "request" or "response"`);
}

function checkNumber(value: unknown, name: string, rule: NumberRule, operation: string, planned: boolean): void {
  if (value === undefined && !rule.required) return;
  if (!planned || !Array.isArray(value)) {
    checkInteger(value, name, rule.minimum, rule.maximum, operation);
    return;
  }
  if (value.length !== 2) {
    throw new ObjectStoreError("InvalidArgument", `${operation}: a range of ${name} has two ends`, { operation });
  }
  checkInteger(value[0], `${name}[0]`, rule.minimum, rule.maximum, operation);
  checkInteger(value[1], `${name}[1]`, value[0], rule.maximum, operation);
}

function checkWeight(value: unknown, name: string, operation: string): void {
  if (typeof value === "number" && value > 0 && Number.isFinite(value)) return;
  throw new ObjectStoreError("InvalidArgument", `${operation}: ${name} must be a number above 0`, { operation });
}
