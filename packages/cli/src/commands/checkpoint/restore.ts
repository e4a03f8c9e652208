import type { Command } from "commander";
import {
  addCommonOptions,
  addConcurrencyOption,
  addDurabilityOption,
  type CommonOptions,
  DEFAULT_CONCURRENCY,
  type StoreOptions,
} from "../../common-options.js";
import type { CommandContext } from "../../context.js";
import { formatCount, formatDuration, formatName, formatRate, formatSize } from "../../format.js";
import type { Outcome } from "../../outcome.js";
import type { RunCommand } from "../../program.js";
import { transfer } from "../../transfer.js";
import { addStepOption, describeReader, openReader, type WhichOptions } from "./open-reader.js";
import { fileNames } from "./shard-files.js";

interface RestoreOptions extends CommonOptions, WhichOptions, StoreOptions {
  readonly concurrency?: number;
}

export function addCheckpointRestore(group: Command, run: RunCommand): void {
  const command = group
    .command("restore")
    .description("Write the shards of a checkpoint as files, each verified on the way.")
    .argument("<uri>", "where checkpoints lie")
    .argument("<dir>", "folder, or the URI of one");
  addStepOption(command);
  addConcurrencyOption(command);
  addDurabilityOption(command);
  addCommonOptions(command).action((uri: string, folder: string, options: RestoreOptions) =>
    run(options, (context) => restore(context, uri, folder, options)),
  );
}

async function restore(
  context: CommandContext,
  source: string,
  folder: string,
  options: RestoreOptions,
): Promise<Outcome> {
  const reader = await openReader(context, source, options);
  const target = await context.openStore(context.toUri(folder), options);
  const { signal } = context;
  const names = fileNames(reader.manifest);
  const contentBytes = reader.manifest.shards.reduce((sum, { size = 0 }) => sum + size, 0);
  const progress = context.startProgress("restore", { bytes: contentBytes });
  const { concurrency = DEFAULT_CONCURRENCY } = options;
  const { shards, bytes } = await reader.restore(
    async (content, { rank, size }) => {
      const writer = size === undefined ? {} : { size };
      await transfer({ source: content, store: target, key: names[rank] as string, writer, progress, signal });
    },
    { concurrency, signal },
  );
  const elapsedMs = Math.round(progress.elapsedMs);
  return {
    kind: "result",
    value: { ...describeReader(reader), target: target.uri, files: names, shards, bytes, elapsedMs },
    lines: [
      `${formatName(target.uri)}: step ${reader.step}, ${formatCount(shards, "shard")}, ${formatSize(bytes)}, ${formatDuration(elapsedMs)}, ${formatRate(bytes, elapsedMs)}`,
    ],
  };
}
