/** What only the command itself can find wrong; stores have codes of their own. */
export type CommandErrorCode = "Usage" | "BadData";

/** An error in the arguments, or in data that the command read. */
export class CommandError extends Error {
  readonly code: CommandErrorCode;
  readonly uri: string | undefined;

  constructor(code: CommandErrorCode, message: string, uri?: string) {
    super(message);
    this.code = code;
    this.uri = uri;
  }
}

/** An error that ended a run of many objects, and what became of the run. */
export class IncompleteRunError extends Error {
  /** Such as `cancelled 2 writers, removed 5 objects`. */
  readonly outcome: string;

  constructor(cause: unknown, outcome: string) {
    super(outcome, { cause });
    this.outcome = outcome;
  }
}
