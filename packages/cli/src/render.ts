import { EXIT } from "./exit-code.js";
import { failureValue, toFailure } from "./failure.js";
import type { ListingOutcome, Outcome } from "./outcome.js";
import { ClosedOutputError, type Output } from "./output.js";

export interface RenderOptions {
  readonly stdout: Output;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly signal: AbortSignal;
}

/** Writes what a command came to, as text or as one JSON document, and tells its exit status. */
export async function render(outcome: Outcome, options: RenderOptions): Promise<number> {
  if (outcome.kind === "streamed") return EXIT.good;
  if (outcome.kind === "listing") {
    return options.isJson ? renderListingAsJson(outcome, options) : renderListing(outcome, options);
  }
  const { value, lines, exitCode = EXIT.good, isAnswer = false } = outcome;
  const isShown = options.isJson || !options.isQuiet || isAnswer || exitCode !== EXIT.good;
  try {
    const text = options.isJson ? JSON.stringify(value, null, 2) : lines.join("\n");
    if (isShown && text !== "") await options.stdout.write(`${text}\n`);
  } catch (error) {
    // Whether somebody reads the report or not, what was done is done.
    if (!(error instanceof ClosedOutputError)) throw error;
  }
  return exitCode;
}

async function renderListing({ entries, exitCode }: ListingOutcome, options: RenderOptions): Promise<number> {
  for await (const { line } of entries) await options.stdout.write(`${line}\n`, options.signal);
  return exitCode?.() ?? EXIT.good;
}

/** An error that comes when entries were written already becomes the document's last field. */
async function renderListingAsJson(
  { head, entries, totals, exitCode: exitCodeOf }: ListingOutcome,
  { stdout, signal }: RenderOptions,
): Promise<number> {
  const opening = `${JSON.stringify(head).slice(0, -1)},\n"entries":[`;
  let written = 0;
  let last = {};
  let exitCode: number = EXIT.good;
  try {
    for await (const { value } of entries) {
      await stdout.write(`${written === 0 ? opening : ","}\n${JSON.stringify(value)}`, signal);
      written++;
    }
    last = totals();
    exitCode = exitCodeOf?.() ?? EXIT.good;
  } catch (error) {
    if (written === 0 || error instanceof ClosedOutputError) throw error;
    const failure = toFailure(error, signal);
    last = failureValue(failure);
    exitCode = failure.exitCode;
  }
  await stdout.write(`${written === 0 ? opening : ""}],\n${JSON.stringify(last).slice(1)}\n`);
  return exitCode;
}
