import type { VerifyReport } from "@sluice/checkpoint";
import type { Command } from "commander";
import {
  addCommonOptions,
  addConcurrencyOption,
  type CommonOptions,
  DEFAULT_CONCURRENCY,
} from "../../common-options.js";
import type { CommandContext } from "../../context.js";
import { EXIT } from "../../exit-code.js";
import { formatCount, formatDuration, formatName, formatRate, formatSize } from "../../format.js";
import type { Outcome } from "../../outcome.js";
import type { RunCommand } from "../../program.js";
import { addStepOption, describeReader, openReader, type WhichOptions } from "./open-reader.js";

interface VerifyOptions extends CommonOptions, WhichOptions {
  readonly full?: true;
  readonly concurrency?: number;
}

export function addCheckpointVerify(group: Command, run: RunCommand): void {
  const command = group
    .command("verify")
    .description("Look whether all shards are there in the right size, and with --full at every byte.")
    .argument("<uri>", "where checkpoints lie")
    .option("--full", "read and verify every byte");
  addStepOption(command);
  addConcurrencyOption(command);
  addCommonOptions(command).action((uri: string, options: VerifyOptions) =>
    run(options, (context) => verify(context, uri, options)),
  );
}

/** A latest checkpoint that could not be used is bad, however good the one is that was taken in its place. */
async function verify(context: CommandContext, source: string, options: VerifyOptions): Promise<Outcome> {
  const reader = await openReader(context, source, options);
  const { full = false, concurrency = DEFAULT_CONCURRENCY } = options;
  const { signal } = context;
  const contentBytes = reader.manifest.shards.reduce((sum, { size = 0 }) => sum + size, 0);
  const progress = context.startProgress("verify", full ? { bytes: contentBytes } : {});
  const onProgress = (bytes: number) => progress.addBytes(bytes);
  const report = await reader.verify({ full, concurrency, onProgress, signal });
  const elapsedMs = Math.round(progress.elapsedMs);
  const ok = report.ok && reader.fallback === undefined;
  const { problems, unchecked } = report;
  const latest = reader.fallback === undefined ? [] : [`bad: ${formatName(reader.fallback.reason)}`];
  const doubtful = unchecked.length === 0 ? [] : [`no checksum is known of ${formatCount(unchecked.length, "shard")}`];
  return {
    kind: "result",
    exitCode: ok ? EXIT.good : EXIT.badData,
    value: { ...describeReader(reader), ...report, ok, full, elapsedMs },
    lines: [
      ...latest,
      ...problems.map(({ message }) => `bad: ${formatName(message)}`),
      ...doubtful,
      summaryOf(reader.step, report, full, elapsedMs),
    ],
  };
}

/** Calls good what was compared with a checksum, and nothing else. */
function summaryOf(step: number, report: VerifyReport, full: boolean, elapsedMs: number): string {
  const { ok, problems, unchecked, bytes, shards } = report;
  const all = `step ${step}: ${formatCount(shards, "shard")}`;
  if (!ok) return `step ${step}: ${problems.length} of ${formatCount(shards, "shard")} bad`;
  if (!full) return `${all} present, sizes fit; bytes not read`;
  const some =
    unchecked.length === 0 ? all : `step ${step}: ${shards - unchecked.length} of ${formatCount(shards, "shard")}`;
  return `${some} good, ${formatSize(bytes)} in ${formatDuration(elapsedMs)}, ${formatRate(bytes, elapsedMs)}`;
}
