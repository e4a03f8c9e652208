import { ObjectStoreError } from "@sluice/core";
import type { LauncherFacts } from "./launcher/launchers.js";
import { innermostLauncher } from "./launcher/read-launcher.js";
import { refuseUnclaimedRank } from "./launcher/unclaimed-rank.js";
import type { Environment } from "./launcher/variables.js";

/** What a caller says of a process, and where the rest is looked up. */
export interface IdentityOptions {
  readonly rank?: number;
  readonly worldSize?: number;
  readonly runId?: string;
  /** `none`: variables of launchers are ignored. */
  readonly launcher?: "none";
  readonly environment?: Environment;
}

/** Who a process is. */
export interface Identity {
  /** Undefined where the ranks are not processes of their own. */
  readonly rank: number | undefined;
  readonly worldSize: number;
  readonly runId: string | undefined;
  readonly launcher: string | undefined;
}

/** Who this process is, by its launcher and the caller. InvalidArgument where they contradict each other, or too little is known. */
export function identifyProcess(options: IdentityOptions, operation: string): Identity {
  const { launcher: choice, environment = process.env, runId } = options;
  if (choice !== undefined && choice !== "none") {
    throw refusal(operation, `launcher must be "none" or absent, got ${JSON.stringify(choice)}`);
  }
  const facts = choice === "none" ? undefined : innermostLauncher(environment);
  if (facts === undefined) {
    if (choice === undefined && options.worldSize === undefined) refuseUnclaimedRank(environment);
    return { rank: options.rank, worldSize: options.worldSize ?? 1, runId, launcher: undefined };
  }
  const { launcher } = facts;
  // The only process of its launcher may save the shards of several ranks.
  const isAlone = facts.worldSize === 1 && options.rank === undefined;
  checkAgreement(options, facts, isAlone, operation);
  const worldSize = options.worldSize ?? facts.worldSize;
  if (worldSize === undefined) {
    throw refusal(operation, `${launcher} says that this is rank ${facts.rank}, and not of how many: give worldSize`);
  }
  const rank = isAlone && worldSize > 1 ? undefined : facts.rank;
  return { rank, worldSize, runId: runId ?? facts.runId, launcher };
}

/** Who a process is, in words. */
export function describeIdentity({ rank, worldSize, launcher }: Identity): string {
  const place =
    rank === undefined ? `this process saves ${worldSize} ranks` : `this process is rank ${rank} of ${worldSize}`;
  return launcher === undefined ? place : `${place}, as ${launcher} says`;
}

function checkAgreement(options: IdentityOptions, facts: LauncherFacts, isAlone: boolean, operation: string): void {
  for (const name of ["rank", "worldSize"] as const) {
    const given = options[name];
    const told = facts[name];
    if (given === undefined || told === undefined || given === told || (isAlone && name === "worldSize")) continue;
    throw refusal(
      operation,
      `${name} is given as ${given}, and ${facts.launcher} says ${told}; with launcher "none" (--launcher none) it is ignored`,
    );
  }
}

function refusal(operation: string, problem: string): ObjectStoreError {
  return new ObjectStoreError("InvalidArgument", `${operation}: ${problem}`, { operation });
}
