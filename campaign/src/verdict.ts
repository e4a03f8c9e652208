import { isObjectStoreError } from "@sluice/core";

/** What came of a case. */
export type Verdict =
  /** What was delivered is what is stored. */
  | { readonly kind: "right" }
  /** An ObjectStoreError said so. */
  | { readonly kind: "refused"; readonly code: string }
  /** A success that is not true, an error without a type, or no end. */
  | { readonly kind: "wrong"; readonly what: string }
  /** No client could know; the mutation says why, whatever was delivered. */
  | { readonly kind: "undetectable"; readonly reason: string };

export const RIGHT: Verdict = { kind: "right" };

/** How long a case may take until it counts as one that hangs. */
export const CASE_LIMIT_MS = 60_000;

const CODES: ReadonlySet<string> = new Set([
  ...["NotFound", "AlreadyExists", "PreconditionFailed", "InvalidArgument", "InvalidState", "Unsupported"],
  ...["PermissionDenied", "Unauthenticated", "ChecksumMismatch", "Unavailable", "Timeout", "Aborted", "NoSpace"],
  "Internal",
]);

/**
 * Makes an attempt and judges it: a success has to be true, which `untruth` says of its value (undefined where it is true), an
 * error has to be typed, and an end has to come. `absent` says that NotFound would be true.
 */
export async function judge<Value>(
  attempt: () => Promise<Value>,
  untruth: (value: Value) => Promise<string | undefined> | string | undefined,
  absent = false,
): Promise<Verdict> {
  const outcome = await within(CASE_LIMIT_MS, attempt);
  if (outcome === undefined) return { kind: "wrong", what: `no end within ${CASE_LIMIT_MS} ms` };
  if ("value" in outcome) {
    const what = await untruth(outcome.value);
    return what === undefined ? RIGHT : { kind: "wrong", what };
  }
  return judgeError(outcome.error, absent);
}

/** An error as a verdict: refused where it is typed, and wrong where it claims that a stored object is absent. */
export function judgeError(error: unknown, absent = false): Verdict {
  if (!isObjectStoreError(error)) return { kind: "wrong", what: `an error without a type: ${textOf(error)}` };
  if (!CODES.has(error.code)) return { kind: "wrong", what: `an unknown code: ${error.code}` };
  if (error.code === "NotFound" && !absent)
    return { kind: "wrong", what: `NotFound of what is there: ${error.message}` };
  return { kind: "refused", code: error.code };
}

type Outcome<Value> = { readonly value: Value } | { readonly error: unknown };

async function within<Value>(limitMs: number, attempt: () => Promise<Value>): Promise<Outcome<Value> | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  const made = (async (): Promise<Outcome<Value>> => {
    try {
      return { value: await attempt() };
    } catch (error) {
      return { error };
    }
  })();
  try {
    return await Promise.race([made, late]);
  } finally {
    clearTimeout(timer);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
