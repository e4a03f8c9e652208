import { CheckpointReader } from "@sluice/checkpoint";
import type { Command } from "commander";
import { optionParser } from "../../common-options.js";
import type { CommandContext } from "../../context.js";
import { formatName } from "../../format.js";
import { wholeNumber } from "../../parse-number.js";

/** Steps as far as the command's numbers go. */
const MAX_STEP = 999_999_999_999_999;

export interface WhichOptions {
  readonly step?: number;
}

export function addStepOption(command: Command): Command {
  return command.option("--step <n>", "another step than the latest", optionParser(parseStep));
}

export const parseStep: (text: string) => number = wholeNumber(0, MAX_STEP);

/** The checkpoint of the step asked for, or the latest; says so, even where quiet was asked for, if it had to take another one than the latest. */
export async function openReader(
  context: CommandContext,
  base: string,
  { step }: WhichOptions,
): Promise<CheckpointReader> {
  const store = await context.openStore(context.toUri(base));
  const { signal } = context;
  if (step !== undefined) return CheckpointReader.byStep(store, step, { signal });
  const reader = await CheckpointReader.latest(store, { signal });
  const { fallback } = reader;
  if (fallback !== undefined) {
    await context.complain(
      `the latest checkpoint can't be used, step ${reader.step} is taken: ${formatName(fallback.reason)}`,
    );
  }
  return reader;
}

/** What every command tells of the checkpoint it worked on. */
export function describeReader({ store, key, step, manifest, fallback }: CheckpointReader): object {
  return { uri: store.uri, manifestKey: key, step, ts: manifest.ts, ...(fallback !== undefined && { fallback }) };
}
