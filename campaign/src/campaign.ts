import { Draw } from "./draw.js";
import type { Kind, OpenedKind } from "./kind.js";
import type { Verdict } from "./verdict.js";

/** More of this process's memory than this is a fault by itself. */
const MEMORY_LIMIT_BYTES = 1 << 30;

export interface CampaignOptions {
  readonly seed: number;
  readonly kinds: readonly Kind[];
  /** Whether a kind goes on after so many of its cases. */
  readonly goesOn: (casesDone: number, kind: string) => boolean;
  /** Only the case with this number. */
  readonly only?: number;
  readonly onWrong: (wrong: WrongCase) => void;
}

export interface WrongCase {
  readonly kind: string;
  readonly number: number;
  readonly words: string;
  readonly what: string;
}

export interface KindTally {
  readonly kind: string;
  cases: number;
  right: number;
  refused: number;
  undetectable: number;
  wrong: number;
  /** How often each code was said. */
  readonly codes: Map<string, number>;
  /** Why the kind did not run. */
  missing?: string;
}

/** Runs the cases of each kind, one after the other, and counts what came of them. */
export async function runCampaign(options: CampaignOptions): Promise<KindTally[]> {
  const tallies: KindTally[] = [];
  for (const kind of options.kinds) tallies.push(await runKind(kind, options));
  return tallies;
}

async function runKind(kind: Kind, options: CampaignOptions): Promise<KindTally> {
  const counts = { cases: 0, right: 0, refused: 0, undetectable: 0, wrong: 0 };
  const tally: KindTally = { kind: kind.name, ...counts, codes: new Map() };
  let opened: OpenedKind;
  try {
    opened = await kind.open();
  } catch (error) {
    tally.missing = error instanceof Error ? error.message : String(error);
    return tally;
  }
  try {
    if (options.only !== undefined) await runCase(kind.name, opened, options.only, options, tally);
    else
      for (let number = 1; options.goesOn(number - 1, kind.name); number++) {
        await runCase(kind.name, opened, number, options, tally);
      }
  } finally {
    await opened.close();
  }
  return tally;
}

async function runCase(
  kind: string,
  opened: OpenedKind,
  number: number,
  { seed, onWrong }: CampaignOptions,
  tally: KindTally,
): Promise<void> {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", onUnhandled);
  process.on("uncaughtException", onUnhandled);
  let words = "the case itself";
  let verdict: Verdict;
  try {
    const one = opened.caseOf(new Draw(seed, kind, number));
    words = one.words;
    const result = await one.run();
    words = result.words ?? words;
    verdict = result.verdict;
    // What nobody handles is told after the microtasks of this turn.
    await new Promise(setImmediate);
    if (unhandled.length > 0) verdict = { kind: "wrong", what: `nobody handled ${String(unhandled[0])}` };
    const memoryBytes = process.memoryUsage.rss();
    if (memoryBytes > MEMORY_LIMIT_BYTES) verdict = { kind: "wrong", what: `${memoryBytes} bytes of memory` };
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    verdict = { kind: "wrong", what: `the case itself failed: ${what}` };
  } finally {
    process.off("unhandledRejection", onUnhandled);
    process.off("uncaughtException", onUnhandled);
  }
  tally.cases++;
  tally[verdict.kind]++;
  if (verdict.kind === "refused") tally.codes.set(verdict.code, (tally.codes.get(verdict.code) ?? 0) + 1);
  if (verdict.kind === "wrong") onWrong({ kind, number, words, what: verdict.what });
}
