import { expect } from "vitest";
import { runCampaign, type WrongCase } from "../src/campaign.js";
import type { Kind } from "../src/kind.js";
import { wrongText } from "../src/report.js";

// Fixes the cases that the tests run.
const SEED = 20_261;

/** Runs so many cases of one kind, none of which may be wrong. */
export async function expectNoneWrong(kind: Kind, cases: number): Promise<void> {
  const wrong: string[] = [];
  const onWrong = (one: WrongCase): void => void wrong.push(wrongText(one, SEED));
  const [tally] = await runCampaign({ seed: SEED, kinds: [kind], goesOn: (done) => done < cases, onWrong });
  expect(wrong).toEqual([]);
  expect(tally).toMatchObject({ cases, wrong: 0 });
}
