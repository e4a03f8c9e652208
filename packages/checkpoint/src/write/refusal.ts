import { type ErrorCode, ObjectStoreError } from "@sluice/core";

/** Builds the error of a call that a checkpoint's writer refuses. */
export function refusal(code: ErrorCode, operation: string, problem: string): ObjectStoreError {
  return new ObjectStoreError(code, `${operation}: ${problem}`, { operation });
}
