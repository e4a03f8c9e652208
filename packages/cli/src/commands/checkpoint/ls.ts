import { type CheckpointInfo, CheckpointReader } from "@sluice/checkpoint";
import type { Command } from "commander";
import { addCommonOptions, type CommonOptions } from "../../common-options.js";
import type { CommandContext } from "../../context.js";
import { EXIT } from "../../exit-code.js";
import { formatCount, formatName, formatSize } from "../../format.js";
import type { Outcome } from "../../outcome.js";
import type { RunCommand } from "../../program.js";

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
  if (checkpoints.length === 0) await context.complain(`no checkpoint is below ${formatName(store.uri)}`);
  return {
    kind: "result",
    exitCode: checkpoints.length === 0 ? EXIT.notDone : EXIT.good,
    value: { uri: store.uri, checkpoints },
    lines: checkpoints.map(lineOf),
    isAnswer: true,
  };
}

function lineOf({ step, ts, manifest, problem, isLatest }: CheckpointInfo): string {
  const latest = isLatest ? "  latest" : "";
  if (manifest === undefined) return `step ${step}  ${ts}  bad: ${formatName(problem ?? "")}${latest}`;
  const { wallTime, worldSize, shards, framework } = manifest;
  const bytes = shards.reduce((sum, { storedSize }) => sum + storedSize, 0);
  return `step ${step}  ${formatName(wallTime)}  ${formatCount(worldSize, "shard")}  ${formatSize(bytes)}  ${formatName(framework)}${latest}`;
}
