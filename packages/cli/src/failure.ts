import { type ErrorCode, isObjectStoreError, type ObjectStoreError } from "@sluice/core";
import { CommanderError } from "commander";
import { CommandError, type CommandErrorCode, IncompleteRunError } from "./command-error.js";
import { describeStoreError } from "./describe-store-error.js";
import { EXIT } from "./exit-code.js";
import { formatName } from "./format.js";

/** An error as the command shows it. */
export interface Failure {
  readonly exitCode: number;
  readonly code: ErrorCode | CommandErrorCode | "Interrupted";
  /** One line, remedy included. */
  readonly message: string;
  readonly uri?: string;
  readonly retryable?: boolean;
  readonly statusCode?: number;
  readonly requestId?: string;
  /** How much of a run was done before, such as `{ removed: 1000 }`. */
  readonly counts?: Readonly<Record<string, number>>;
}

const COMMAND_EXIT_CODES: Readonly<Record<CommandErrorCode, number>> = {
  Usage: EXIT.usage,
  BadData: EXIT.badData,
  NothingDone: EXIT.notDone,
  Incomplete: EXIT.notDone,
};

const EXIT_CODES: Readonly<Partial<Record<ErrorCode, number>>> = {
  ChecksumMismatch: EXIT.badData,
  InvalidArgument: EXIT.usage,
  Unsupported: EXIT.usage,
  AlreadyExists: EXIT.usage,
};

/** Any error, with its exit status and what to do. */
export function toFailure(error: unknown, signal: AbortSignal): Failure {
  if (error instanceof IncompleteRunError) {
    const failure = toFailure(error.cause, signal);
    const { outcome, counts } = error;
    const separator = outcome === "" ? "" : failure.code === "Interrupted" ? ": " : "; ";
    return { ...failure, message: failure.message + separator + outcome, counts: { ...counts, ...failure.counts } };
  }
  if (error instanceof CommanderError) return { exitCode: EXIT.usage, code: "Usage", message: oneLine(usageOf(error)) };
  if (error instanceof CommandError) {
    return {
      exitCode: COMMAND_EXIT_CODES[error.code],
      code: error.code,
      message: oneLine(error.message),
      ...(error.uri !== undefined && { uri: error.uri }),
    };
  }
  if (isObjectStoreError(error)) return ofStore(error, signal);
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: EXIT.storage, code: "Internal", message: oneLine(message) };
}

/** The JSON document of a failure. */
export function failureValue({ exitCode: _exitCode, counts, ...error }: Failure): object {
  return { ...counts, error };
}

function ofStore(error: ObjectStoreError, signal: AbortSignal): Failure {
  const { code, uri, retryable, statusCode, requestId } = error;
  if (code === "Aborted" && signal.aborted) {
    const exitCode = signal.reason === "SIGTERM" ? EXIT.terminated : EXIT.interrupted;
    return { exitCode, code: "Interrupted", message: exitCode === EXIT.terminated ? "terminated" : "interrupted" };
  }
  const { headline, remedy } = describeStoreError(error);
  return {
    exitCode: EXIT_CODES[code] ?? EXIT.storage,
    code,
    message: oneLine(remedy === undefined ? headline : `${headline}; ${remedy}`),
    ...(uri !== undefined && { uri }),
    retryable,
    ...(statusCode !== undefined && { statusCode }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** Commander begins with `error: ` and gives its guess a line of its own. */
function usageOf({ message }: CommanderError): string {
  return message.replace(/^error: /, "").replace("(Did you mean", "(did you mean");
}

function oneLine(message: string): string {
  const text = message.replaceAll(/\s*\n\s*/g, " ").trim();
  return formatName(text);
}
