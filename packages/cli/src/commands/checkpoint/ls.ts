import { type CheckpointInfo, CheckpointReader, prune } from "@sluice/checkpoint";
import type { ObjectStore } from "@sluice/core";
import type { Command } from "commander";
import { addCommonOptions, type CommonOptions } from "../../common-options.js";
import type { CommandContext } from "../../context.js";
import { EXIT } from "../../exit-code.js";
import { formatCount, formatName, formatSize } from "../../format.js";
import type { Outcome } from "../../outcome.js";
import type { RunCommand } from "../../program.js";
import { leftoversOf } from "./prune.js";

export function addCheckpointLs(group: Command, run: RunCommand): void {
  const command = group
    .command("ls")
    .description("List the checkpoints, from old to new.")
    .argument("<uri>", "where checkpoints lie");
  addCommonOptions(command).action((uri: string, options: CommonOptions) =>
    run(options, (context) => ls(context, uri)),
  );
}

async function ls(context: CommandContext, source: string): Promise<Outcome> {
  const store = await context.openStore(context.toUri(source));
  const checkpoints = await CheckpointReader.list(store, { signal: context.signal });
  const result = { kind: "result", isAnswer: true, lines: checkpoints.map(lineOf) } as const;
  if (checkpoints.length > 0) return { ...result, value: { uri: store.uri, checkpoints } };
  const message = `no checkpoint is below ${store.uri}`;
  const leftovers = await countLeftovers(store, context.signal);
  const rest =
    leftovers === 0
      ? ""
      : `; there are ${leftoversOf(leftovers)}, which sluice checkpoint prune deletes after its --grace`;
  await context.complain(formatName(message + rest));
  if (leftovers > 0) return { ...result, value: { uri: store.uri, checkpoints, leftovers } };
  const error = { code: "NothingDone", message, uri: store.uri };
  return { ...result, exitCode: EXIT.notDone, value: { uri: store.uri, checkpoints, error } };
}

/** How many objects attempts have left that were never committed, old and young. */
async function countLeftovers(store: ObjectStore, signal: AbortSignal): Promise<number> {
  const { orphans, young } = await prune(store, { dryRun: true, signal });
  return orphans.length + young.length;
}

function lineOf({ step, ts, manifest, problem, isLatest }: CheckpointInfo): string {
  const latest = isLatest ? "  latest" : "";
  if (manifest === undefined) return `step ${step}  ${ts}  bad: ${formatName(problem ?? "")}${latest}`;
  const { wallTime, worldSize, shards, framework } = manifest;
  const bytes = shards.reduce((sum, { storedSize }) => sum + storedSize, 0);
  return `step ${step}  ${formatName(wallTime)}  ${formatCount(worldSize, "shard")}  ${formatSize(bytes)}  ${formatName(framework)}${latest}`;
}
