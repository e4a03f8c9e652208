/**
 * What only the command itself can find wrong; stores have codes of their own. `NothingDone`: what was named is not there;
 * `Incomplete`: a part was done, and the rest was told before.
 */
export type CommandErrorCode = "Usage" | "BadData" | "NothingDone" | "Incomplete";

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
  /** Such as `cancelled 2 writers, removed 5 objects`; empty where nothing was done. */
  readonly outcome: string;
  /** The same in numbers, which become fields of the JSON document. */
  readonly counts: Readonly<Record<string, number>>;

  constructor(cause: unknown, outcome: string, counts: Readonly<Record<string, number>> = {}) {
    super(outcome, { cause });
    this.outcome = outcome;
    this.counts = counts;
  }
}
