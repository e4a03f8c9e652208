import { ObjectStoreError } from "@sluice/core";

/** Throws InvalidArgument. */
export function refuse(reason: string, operation: string): never {
  throw new ObjectStoreError("InvalidArgument", `${operation}: ${reason}`, { operation, backend: "s3" });
}

export function checkBoolean(value: unknown, name: string, operation: string): void {
  if (value !== undefined && typeof value !== "boolean") refuse(`${name} is true or false`, operation);
}

/** A text that is not empty, or nothing. */
export function checkText(value: unknown, name: string, operation: string): void {
  if (value !== undefined && (typeof value !== "string" || value === "")) refuse(`${name} must be a text`, operation);
}

export function checkChoice(value: unknown, name: string, choices: readonly string[], operation: string): void {
  if (choices.includes(value as string)) return;
  const list = choices.map((choice) => `"${choice}"`).join(", ");
  refuse(`${name} is one of ${list}; got ${JSON.stringify(value)}`, operation);
}
