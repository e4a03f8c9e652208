// npm run campaign -- --minutes N --seed S: mutated input of every kind, and a verdict for each case. Status 1 where one is wrong.
import { runCampaign, type WrongCase } from "./campaign.js";
import { parseCommand } from "./command-line.js";
import { campaignKinds } from "./kinds/all-kinds.js";
import { tableOf, wrongText } from "./report.js";

const kinds = campaignKinds();
const {
  minutes,
  seed,
  kinds: names,
  caseNumber,
} = parseCommand(
  process.argv.slice(2),
  kinds.map(({ name }) => name),
);
console.log(`seed ${seed}, ${minutes} minutes for ${names.join(", ")}`);

// Each kind has its share of the time from the moment of its first case.
const shareMs = (minutes * 60_000) / names.length;
const begun = new Map<string, number>();
const tallies = await runCampaign({
  seed,
  kinds: kinds.filter(({ name }) => names.includes(name)),
  goesOn: (_casesDone, kind) => {
    const now = performance.now();
    if (!begun.has(kind)) begun.set(kind, now);
    return now - (begun.get(kind) ?? now) < shareMs;
  },
  ...(caseNumber !== undefined && { only: caseNumber }),
  onWrong: (wrong: WrongCase) => console.log(wrongText(wrong, seed)),
});

const wrong = tallies.reduce((sum, tally) => sum + tally.wrong, 0);
console.log(`\n${tableOf(tallies)}\n\n${wrong} wrong, seed ${seed}`);
process.exit(wrong === 0 ? 0 : 1);
