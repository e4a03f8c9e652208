import { prune } from "@sluice/checkpoint";
import type { Command } from "commander";
import { CommandError } from "../../command-error.js";
import { addCommonOptions, type CommonOptions, optionParser } from "../../common-options.js";
import type { CommandContext } from "../../context.js";
import { formatCount, formatName } from "../../format.js";
import type { Outcome } from "../../outcome.js";
import { parseDuration } from "../../parse-duration.js";
import { wholeNumber } from "../../parse-number.js";
import type { RunCommand } from "../../program.js";
import { parseStep } from "./open-reader.js";

interface PruneCommandOptions extends CommonOptions {
  readonly keepLast?: number;
  readonly keepEvery?: number;
  readonly olderThan?: number;
  readonly grace?: number;
  readonly dryRun?: true;
}

const MAX_KEPT = 1_000_000;

export function addCheckpointPrune(group: Command, run: RunCommand): void {
  const command = group
    .command("prune")
    .description(
      "Delete what uncommitted attempts have left, and with a rule the checkpoints that no rule keeps; the latest always stays. --older-than alone deletes all older ones but the latest.",
    )
    .argument("<uri>", "where checkpoints lie")
    .option("--keep-last <n>", "keep so many of the newest", optionParser(wholeNumber(1, MAX_KEPT)))
    .option("--keep-every <n>", "keep steps that this number divides", optionParser(parseStep))
    .option("--older-than <duration>", "delete only what was committed before", optionParser(parseDuration))
    .option(
      "--grace <duration>",
      "leave uncommitted attempts alone for so long (default: 24h)",
      optionParser(parseDuration),
    )
    .option("--dry-run", "only tell what would be deleted");
  addCommonOptions(command).action((uri: string, options: PruneCommandOptions) =>
    run(options, (context) => pruneCheckpoints(context, uri, options)),
  );
}

async function pruneCheckpoints(
  context: CommandContext,
  target: string,
  options: PruneCommandOptions,
): Promise<Outcome> {
  const store = await context.openStore(context.toUri(target));
  const { keepLast, keepEvery, olderThan, grace, dryRun = false } = options;
  const report = await prune(store, {
    ...{ dryRun, signal: context.signal },
    ...(keepLast !== undefined && { keepLast }),
    ...(keepEvery !== undefined && { keepEvery }),
    ...(olderThan !== undefined && { olderThan: new Date(Date.now() - olderThan) }),
    ...(grace !== undefined && { graceMs: grace }),
  });
  const { checkpoints, kept, orphans, young, unreadable, staleUploads } = report;
  const found = [checkpoints, kept, orphans, young, unreadable];
  const isNothing = found.every(({ length }) => length === 0) && staleUploads === 0;
  if (isNothing) throw new CommandError("NothingDone", `no checkpoint is below ${store.uri}`, store.uri);
  const done = dryRun ? "would delete" : "deleted";
  return {
    kind: "result",
    value: { uri: store.uri, dryRun, ...report },
    isAnswer: dryRun,
    lines: [
      ...checkpoints.map(({ step, ts }) => `${done} step ${step}  ${ts}`),
      ...orphans.map((key) => `${done} ${formatName(key)}, of an uncommitted attempt`),
      ...unreadable.map(
        ({ key, problem = "" }) => `left alone, with all orphans: ${formatName(key)}: ${formatName(problem)}`,
      ),
      ...(young.length === 0 ? [] : [`left alone ${leftoversOf(young.length)}, younger than --grace`]),
      `${done} ${formatCount(checkpoints.length, "checkpoint")}, ${formatCount(orphans.length, "orphan")} and ${formatCount(staleUploads, "stale upload")}, kept ${formatCount(kept.length, "checkpoint")}`,
    ],
  };
}

/** Objects of attempts that were not committed, in words. */
export function leftoversOf(objects: number): string {
  return `${formatCount(objects, "object")} of uncommitted attempts`;
}
