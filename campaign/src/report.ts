import type { KindTally, WrongCase } from "./campaign.js";

/** A wrong case, with the command that runs it alone. */
export function wrongText({ kind, number, words, what }: WrongCase, seed: number): string {
  const command = `npm run campaign -- --seed ${seed} --only ${kind} --case ${number}`;
  return `WRONG ${kind} seed ${seed} case ${number}\n  mutation: ${words}\n  outcome: ${what}\n  alone: ${command}`;
}

/** The figures of a campaign as a table of Markdown. */
export function tableOf(tallies: readonly KindTally[]): string {
  const rows = tallies.map(({ kind, cases, right, refused, undetectable, wrong, codes, missing }) => {
    if (missing !== undefined) return `| ${kind} | not run: ${missing.split("\n")[0]} | | | | | |`;
    const said = [...codes].sort(([, first], [, second]) => second - first).map(([code, count]) => `${code} ${count}`);
    return `| ${kind} | ${cases} | ${right} | ${refused} | ${undetectable} | ${wrong} | ${said.join(", ")} |`;
  });
  return [
    "| kind | cases | delivered right | refused, typed | undetectable | wrong | codes |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
