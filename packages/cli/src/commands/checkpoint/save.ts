import { CheckpointWriter } from "@sluice/checkpoint";
import { type Command, Option } from "commander";
import { untilAborted } from "../../chunks.js";
import {
  addCommonOptions,
  addCompressionOptions,
  addConcurrencyOption,
  addDurabilityOption,
  type CommonOptions,
  type CompressionFlags,
  compressionOf,
  DEFAULT_CONCURRENCY,
  optionParser,
  type StoreOptions,
} from "../../common-options.js";
import type { CommandContext } from "../../context.js";
import { formatCount, formatDuration, formatName, formatRate, formatSize } from "../../format.js";
import { openLocalSource } from "../../local-source.js";
import type { Outcome } from "../../outcome.js";
import type { RunCommand } from "../../program.js";
import type { Progress } from "../../progress.js";
import { parseStep } from "./open-reader.js";
import { filesMeta, listShardFiles } from "./shard-files.js";

interface SaveOptions extends CommonOptions, CompressionFlags, StoreOptions {
  readonly step: number;
  readonly epoch?: number;
  readonly framework?: string;
  readonly strategy?: "flat" | "round_robin" | "binary";
  readonly concurrency?: number;
}

export function addCheckpointSave(group: Command, run: RunCommand): void {
  const command = group
    .command("save")
    .description("Save the files of a folder as a checkpoint: in the order of their names they are ranks 0, 1, ….")
    .argument("<dir>", "folder of files, one a rank")
    .argument("<uri>", "where checkpoints lie: folder, prefix or bucket")
    .requiredOption("--step <n>", "the training step", optionParser(parseStep))
    .option("--epoch <n>", "the epoch (default: 0)", optionParser(parseStep))
    .option("--framework <name>", "what made the files (default: generic)")
    .addOption(
      new Option("--strategy <how>", "how shards are spread over prefixes (default: flat)").choices([
        ...["flat", "round_robin", "binary"],
      ]),
    );
  addConcurrencyOption(command);
  addCompressionOptions(command);
  addDurabilityOption(command);
  addCommonOptions(command).action((folder: string, uri: string, options: SaveOptions) =>
    run(options, (context) => save(context, folder, uri, options)),
  );
}

async function save(context: CommandContext, folder: string, target: string, options: SaveOptions): Promise<Outcome> {
  const { signal, environment } = context;
  const files = await listShardFiles(folder, environment.workingFolder);
  const store = await context.openStore(context.toUri(target), options);
  const { step, epoch, framework, strategy, concurrency = DEFAULT_CONCURRENCY } = options;
  const writer = await CheckpointWriter.open(store, {
    ...{ step, concurrency, signal, worldSize: files.length, compression: compressionOf(options), environment: {} },
    ...(epoch !== undefined && { epoch }),
    ...(framework !== undefined && { framework }),
    ...(strategy !== undefined && { strategy }),
    userMeta: filesMeta(files.map(({ name }) => name)),
  });
  const progress = context.startProgress("save", { objects: files.length });
  const sources = files.map(({ path }) => chunksOf(path, environment.workingFolder, progress, signal));
  const { manifest, manifestKey, isLatest } = await writer.saveAll(sources);
  const elapsedMs = Math.round(progress.elapsedMs);
  const bytes = manifest.shards.reduce((sum, { size = 0 }) => sum + size, 0);
  const storedBytes = manifest.shards.reduce((sum, { storedSize }) => sum + storedSize, 0);
  const stored = storedBytes === bytes ? "" : `, stored as ${formatSize(storedBytes)}`;
  const older = isLatest ? "" : "; a newer checkpoint stays the latest";
  return {
    kind: "result",
    value: { uri: store.uri, manifestKey, ...manifest, isLatest, bytes, storedBytes, elapsedMs },
    lines: [
      `${formatName(store.uriOf(manifestKey))}: step ${step}, ${formatCount(files.length, "shard")}, ${formatSize(bytes)}${stored}, ${formatDuration(elapsedMs)}, ${formatRate(bytes, elapsedMs)}${older}`,
    ],
  };
}

/** Opened when its turn comes, so that a folder of many files does not open them all. */
async function* chunksOf(
  path: string,
  workingFolder: string,
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { chunks } = await openLocalSource(path, workingFolder, signal);
  for await (const chunk of untilAborted(chunks, signal)) {
    yield chunk;
    progress.addBytes(chunk.byteLength);
  }
  progress.addObject();
}
