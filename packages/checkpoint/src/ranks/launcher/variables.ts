import { ObjectStoreError } from "@sluice/core";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a variable says anything; an empty one does not. */
export function isSet(environment: Environment, variable: string): boolean {
  return environment[variable] !== undefined && environment[variable] !== "";
}

/** A variable's text; empty if it is not set. */
export function textOf(environment: Environment, variable: string): string {
  return environment[variable] ?? "";
}

/**
 * Rank and world size from two variables; undefined if neither is set. InvalidArgument where one of them is missing, is no whole
 * number, or the rank is beyond the size.
 */
export function readRank(
  environment: Environment,
  rankVariable: string,
  sizeVariable: string,
): { readonly rank: number; readonly worldSize: number } | undefined {
  const variables = [rankVariable, sizeVariable];
  const missing = variables.filter((variable) => !isSet(environment, variable));
  if (missing.length === 2) return undefined;
  if (missing[0] !== undefined) throw unclear(environment, variables, `${missing[0]} is not set`);
  const rank = numberOf(environment, rankVariable);
  const worldSize = numberOf(environment, sizeVariable);
  if (rank >= worldSize) throw unclear(environment, variables, `there is no rank ${rank} of ${worldSize}`);
  return { rank, worldSize };
}

/** A variable's whole number; InvalidArgument if it is none. */
export function numberOf(environment: Environment, variable: string): number {
  const text = textOf(environment, variable);
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw unclear(environment, [variable], `${variable} must be a whole number`);
}

/** Builds the error for variables that leave open who a process is; it names them, with their values. */
export function unclear(environment: Environment, variables: readonly string[], problem: string): ObjectStoreError {
  const values = variables
    .filter((variable) => isSet(environment, variable))
    .map((variable) => `${variable}=${JSON.stringify(textOf(environment, variable).slice(0, 80))}`);
  return new ObjectStoreError(
    "InvalidArgument",
    `CheckpointWriter.open: which rank this process is can't be told from ${values.join(", ")}: ${problem}; with launcher "none" the variables are ignored, and rank, worldSize and runId are taken as given`,
    { operation: "CheckpointWriter.open" },
  );
}
