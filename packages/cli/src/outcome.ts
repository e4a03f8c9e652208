/** What a command came to. It is a value first; `render` makes text or JSON of it. */
export type Outcome = ResultOutcome | ListingOutcome | { readonly kind: "streamed" };

interface ResultOutcome {
  readonly kind: "result";
  /** The JSON document. */
  readonly value: object;
  /** The same for people. */
  readonly lines: readonly string[];
  /** Default: good. */
  readonly exitCode?: number;
  /** Whether it is what was asked for, which `--quiet` leaves, rather than a report of what was done. */
  readonly isAnswer?: boolean;
}

/** Too long to be held: written as it comes, as one JSON document all the same. */
export interface ListingOutcome {
  readonly kind: "listing";
  /** The first fields of the document. */
  readonly head: object;
  readonly entries: AsyncIterable<ListingLine>;
  /** The last fields, known once all entries were read. */
  readonly totals: () => object;
  /** The exit status, known then too. Default: good. */
  readonly exitCode?: () => number;
}

export interface ListingLine {
  readonly value: object;
  /** The same for people. */
  readonly line: string;
}
