import type { StaleUpload } from "@sluice/core";
import type { Command } from "commander";
import { addCommonOptions, type CommonOptions, optionParser } from "../common-options.js";
import type { CommandContext } from "../context.js";
import { formatCount, formatName, formatSize } from "../format.js";
import type { Outcome } from "../outcome.js";
import { parseDuration } from "../parse-duration.js";
import type { RunCommand } from "../program.js";

interface SweepCommandOptions extends CommonOptions {
  readonly olderThan: number;
  readonly dryRun?: true;
}

/** Long enough that running writers are left alone. */
const DEFAULT_AGE = "24h";

export function addSweep(program: Command, run: RunCommand): void {
  const command = program
    .command("sweep")
    .description("Remove what writers of killed processes left, which no listing shows.")
    .argument("<uri>", "folder, prefix or bucket")
    .option("--older-than <duration>", `not touched for so long (default: ${DEFAULT_AGE})`, optionParser(parseDuration))
    .option("--dry-run", "only tell what would be removed");
  addCommonOptions(command).action((uri: string, options: Partial<SweepCommandOptions>) =>
    run(options, (context) => sweep(context, uri, { olderThan: parseDuration(DEFAULT_AGE), ...options })),
  );
}

async function sweep(
  context: CommandContext,
  target: string,
  { olderThan, dryRun = false }: SweepCommandOptions | { readonly olderThan: number; readonly dryRun?: boolean },
): Promise<Outcome> {
  const store = await context.openStore(context.toUri(target));
  const uploads = await store.sweepStaleUploads({ olderThanMs: olderThan, dryRun, signal: context.signal });
  const bytes = uploads.reduce((sum, upload) => sum + upload.bytes, 0);
  const done = dryRun ? "would remove" : "removed";
  return {
    kind: "result",
    value: { uri: store.uri, dryRun, uploads, bytes },
    isAnswer: dryRun,
    lines: [...uploads.map(lineOf), `${done} ${formatCount(uploads.length, "stale upload")}, ${formatSize(bytes)}`],
  };
}

function lineOf({ name, bytes, lastModified }: StaleUpload): string {
  return `${formatName(name)}: ${formatSize(bytes)}, last touched ${lastModified.toISOString()}`;
}
