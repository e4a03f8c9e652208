import type { Draw } from "./draw.js";
import type { Verdict } from "./verdict.js";

/** One run on mutated input. */
export interface CampaignCase {
  /** The mutation in words; what only the run knows, such as the answer that was hit, `run` adds to its verdict. */
  readonly words: string;
  run(): Promise<CaseResult>;
}

export interface CaseResult {
  readonly verdict: Verdict;
  /** What happened, where the case's own words do not say it. */
  readonly words?: string;
}

/** A kind that is ready to run: its servers answer and its objects are stored. */
export interface OpenedKind {
  /** The case that `draw` decides on: the same numbers give the same case. */
  caseOf(draw: Draw): CampaignCase;
  close(): Promise<void>;
}

/** One sort of mutated input. */
export interface Kind {
  readonly name: string;
  /** Makes the kind ready; rejects where it can't run here. */
  open(): Promise<OpenedKind>;
}
