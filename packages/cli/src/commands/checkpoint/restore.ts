import type { VerifiedBy } from "@sluice/core";
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
import { describeCounts } from "../../describe-write.js";
import { formatCount, formatDuration, formatName, formatRate, formatSize } from "../../format.js";
import type { Outcome } from "../../outcome.js";
import type { RunCommand } from "../../program.js";
import { addVerifyFlag, type VerifyFlag } from "../../read-options.js";
import { transfer } from "../../transfer.js";
import { addStepOption, describeReader, openReader, type WhichOptions } from "./open-reader.js";
import { fileNames } from "./shard-files.js";

interface RestoreOptions extends CommonOptions, WhichOptions, StoreOptions, VerifyFlag {
  readonly concurrency?: number;
}

export function addCheckpointRestore(group: Command, run: RunCommand): void {
  const command = group
    .command("restore")
    .description("Write the shards of a checkpoint as files, each verified on the way.")
    .argument("<uri>", "where checkpoints lie")
    .argument("<dir>", "folder, or the URI of one");
  addStepOption(command);
  addVerifyFlag(command);
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
  const { concurrency = DEFAULT_CONCURRENCY, verify } = options;
  const verifiedBy: { [Name in VerifiedBy | "manifest"]?: number } = {};
  const { shards, bytes } = await reader.restore(
    async (content, { rank, size }) => {
      const writer = size === undefined ? {} : { size };
      await transfer({ source: content, store: target, key: names[rank] as string, writer, progress, signal });
      const { verifiedBy: by = "none" } = content;
      verifiedBy[by] = (verifiedBy[by] ?? 0) + 1;
    },
    { concurrency, signal, verify },
  );
  const elapsedMs = Math.round(progress.elapsedMs);
  return {
    kind: "result",
    value: { ...describeReader(reader), target: target.uri, files: names, shards, bytes, verifiedBy, elapsedMs },
    lines: [
      `${formatName(target.uri)}: step ${reader.step}, ${formatCount(shards, "shard")}, ${formatSize(bytes)}, ${describeCounts(verifiedBy)}, ${formatDuration(elapsedMs)}, ${formatRate(bytes, elapsedMs)}`,
    ],
  };
}
