import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

export interface CampaignCommand {
  readonly minutes: number;
  readonly seed: number;
  readonly kinds: readonly string[];
  /** Of `--only`: the case with this number. */
  readonly caseNumber?: number;
}

/** Reads `--minutes N --seed S --kinds a,b --only kind --case N`; throws for anything else. */
export function parseCommand(parameters: readonly string[], known: readonly string[]): CampaignCommand {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...parameters],
    options: { minutes: text, seed: text, kinds: text, only: text, case: text },
  });
  const kinds = (values.only ?? values.kinds)?.split(",") ?? known;
  const unknown = kinds.filter((kind) => !known.includes(kind));
  if (unknown.length > 0) throw new Error(`unknown kind ${unknown.join(", ")} (known: ${known.join(", ")})`);
  if ((values.case === undefined) !== (values.only === undefined)) throw new Error("--only and --case belong together");
  return {
    minutes: numberOf(values.minutes ?? "1", "minutes"),
    seed: values.seed === undefined ? randomInt(2 ** 32 - 1) : numberOf(values.seed, "seed"),
    kinds,
    ...(values.case !== undefined && { caseNumber: numberOf(values.case, "case") }),
  };
}

function numberOf(text: string, name: string): number {
  const number = Number(text);
  if (!(number >= 0) || text === "") throw new Error(`--${name} must be a number, not ${JSON.stringify(text)}`);
  return number;
}
