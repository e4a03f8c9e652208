import type { Command } from "commander";
import { addCommonOptions, type CommonOptions } from "../../common-options.js";
import type { CommandContext } from "../../context.js";
import { formatName, formatSize } from "../../format.js";
import type { Outcome } from "../../outcome.js";
import type { RunCommand } from "../../program.js";
import { addStepOption, describeReader, openReader, type WhichOptions } from "./open-reader.js";

export function addCheckpointShow(group: Command, run: RunCommand): void {
  const command = group
    .command("show")
    .description("Tell what a checkpoint is made of.")
    .argument("<uri>", "where checkpoints lie");
  addStepOption(command);
  addCommonOptions(command).action((uri: string, options: CommonOptions & WhichOptions) =>
    run(options, (context) => show(context, uri, options)),
  );
}

async function show(context: CommandContext, source: string, options: WhichOptions): Promise<Outcome> {
  const reader = await openReader(context, source, options);
  const { manifest } = reader;
  const { step, epoch, framework, wallTime, worldSize, strategy, shards, userMeta } = manifest;
  const facts = {
    manifest: reader.store.uriOf(reader.key),
    step,
    epoch,
    framework,
    committed: wallTime,
    ranks: worldSize,
    strategy,
    metadata: userMeta === null ? undefined : JSON.stringify(userMeta),
  };
  const lines = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [`${`${name}:`.padEnd(10)} ${formatName(String(value))}`],
  );
  const ranks = shards.map(({ rank, key, size, storedSize, checksum = "no checksum", compression }) => {
    const stored = compression === undefined ? "" : `, stored as ${formatSize(storedSize)} (${compression})`;
    return `rank ${rank}: ${formatName(key)}, ${formatSize(size ?? storedSize)}${stored}, ${checksum}`;
  });
  return {
    kind: "result",
    value: { ...describeReader(reader), manifest },
    lines: [...lines, ...ranks],
    isAnswer: true,
  };
}
