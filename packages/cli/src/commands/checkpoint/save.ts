import { CheckpointWriter, type CommitResult, describeIdentity, identifyProcess } from "@sluice/checkpoint";
import type { ObjectStore } from "@sluice/core";
import { type Command, Option } from "commander";
import { untilAborted } from "../../chunks.js";
import { CommandError } from "../../command-error.js";
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
import { wholeNumber } from "../../parse-number.js";
import type { RunCommand } from "../../program.js";
import type { Progress } from "../../progress.js";
import { parseStep } from "./open-reader.js";
import { type OwnFiles, ownFiles } from "./own-files.js";
import { filesMeta, listShardFiles } from "./shard-files.js";

interface SaveOptions extends CommonOptions, CompressionFlags, StoreOptions {
  readonly step: number;
  readonly epoch?: number;
  readonly framework?: string;
  readonly strategy?: "flat" | "round_robin" | "binary";
  readonly concurrency?: number;
  readonly rank?: number;
  readonly worldSize?: number;
  readonly runId?: string;
  readonly launcher?: "none";
}

const MAX_RANKS = 2 ** 32 - 1;

export function addCheckpointSave(group: Command, run: RunCommand): void {
  const command = group
    .command("save")
    .description(
      "Save the files of a folder as a checkpoint: in the order of their names they are ranks 0, 1, …. Started by mpirun, srun or torchrun, each process saves the file of its rank.",
    )
    .argument("<dir>", "folder of files, one a rank; or of this rank's file alone")
    .argument("<uri>", "where checkpoints lie: folder, prefix or bucket")
    .requiredOption("--step <n>", "the training step", optionParser(parseStep))
    .option("--epoch <n>", "the epoch (default: 0)", optionParser(parseStep))
    .option("--framework <name>", "what made the files (default: generic)")
    .addOption(
      new Option("--strategy <how>", "how shards are spread over prefixes (default: flat)").choices([
        ...["flat", "round_robin", "binary"],
      ]),
    )
    .option("--rank <n>", "this process's rank (default: the launcher's)", optionParser(wholeNumber(0, MAX_RANKS - 1)))
    .option(
      "--world-size <n>",
      "how many ranks there are (default: the launcher's)",
      optionParser(wholeNumber(1, MAX_RANKS)),
    )
    .option("--run-id <text>", "the same for all ranks, another for each start (default: the launcher's)")
    .addOption(
      new Option("--launcher <name>", "none: variables of mpirun, srun, torchrun, … are ignored").choices(["none"]),
    );
  addConcurrencyOption(command);
  addCompressionOptions(command);
  addDurabilityOption(command);
  addCommonOptions(command).action((folder: string, uri: string, options: SaveOptions) =>
    run(options, (context) => save(context, folder, uri, options)),
  );
}

async function save(context: CommandContext, folder: string, target: string, options: SaveOptions): Promise<Outcome> {
  const { environment } = context;
  const identity = identityOf(context, options);
  const own = ownFiles(folder, await listShardFiles(folder, environment.workingFolder), identity);
  const store = await context.openStore(context.toUri(target), options);
  const progress = context.startProgress("save", { objects: own.files.length });
  if (own.rank !== undefined) await context.note(`${describeIdentity(identity)}; it waits for the other ranks`);
  const writer = await openWriter(context, store, own, options);
  const sources = own.files.map(
    ([rank, { path }]) => [rank, chunksOf(path, environment.workingFolder, progress, context.signal)] as const,
  );
  const { manifest, manifestKey, isLatest } = await saveAndCommit(writer, new Map(sources));
  const elapsedMs = Math.round(progress.elapsedMs);
  const bytes = manifest.shards.reduce((sum, { size = 0 }) => sum + size, 0);
  const storedBytes = manifest.shards.reduce((sum, { storedSize }) => sum + storedSize, 0);
  const stored = storedBytes === bytes ? "" : `, stored as ${formatSize(storedBytes)}`;
  const older = isLatest ? "" : "; a newer checkpoint stays the latest";
  const place = own.rank === undefined ? {} : { rank: own.rank, launcher: identity.launcher ?? null };
  return {
    kind: "result",
    value: { uri: store.uri, manifestKey, ...manifest, ...place, isLatest, bytes, storedBytes, elapsedMs },
    lines: [
      `${formatName(store.uriOf(manifestKey))}: step ${options.step}, ${formatCount(manifest.worldSize, "shard")}, ${formatSize(bytes)}${stored}, ${formatDuration(elapsedMs)}, ${formatRate(bytes, elapsedMs)}${older}`,
    ],
  };
}

function identityOf({ environment }: CommandContext, options: SaveOptions): ReturnType<typeof identifyProcess> {
  const { variables = process.env } = environment;
  const { rank, worldSize, launcher } = options;
  const identity = identifyProcess({ ...placeOf(options), environment: variables }, "checkpoint save");
  if (rank !== undefined && worldSize === undefined && identity.launcher === undefined) {
    throw new CommandError(
      "Usage",
      `--rank needs --world-size${launcher === undefined ? " where no launcher tells it" : ""}`,
    );
  }
  return identity;
}

/** What the options say of this process. */
function placeOf({ rank, worldSize, runId, launcher }: SaveOptions): Parameters<typeof identifyProcess>[0] {
  return {
    ...(rank !== undefined && { rank }),
    ...(worldSize !== undefined && { worldSize }),
    ...(runId !== undefined && { runId }),
    ...(launcher !== undefined && { launcher }),
  };
}

function openWriter(
  { signal, environment: { variables = process.env } }: CommandContext,
  store: ObjectStore,
  { rank, worldSize, names }: OwnFiles,
  options: SaveOptions,
): Promise<CheckpointWriter> {
  const { step, epoch, framework, strategy, concurrency = DEFAULT_CONCURRENCY } = options;
  return CheckpointWriter.open(store, {
    ...{ step, concurrency, signal, compression: compressionOf(options) },
    // A process that is alone is every rank of its checkpoint, whoever started it.
    ...(rank === undefined
      ? { worldSize, launcher: "none" as const }
      : { ...placeOf(options), environment: variables }),
    ...(epoch !== undefined && { epoch }),
    ...(framework !== undefined && { framework }),
    ...(strategy !== undefined && { strategy }),
    ...(names !== undefined && { userMeta: filesMeta(names) }),
  });
}

async function saveAndCommit(
  writer: CheckpointWriter,
  sources: ReadonlyMap<number, AsyncGenerator<Uint8Array>>,
): Promise<CommitResult> {
  try {
    await writer.save(sources);
    return await writer.commit();
  } catch (error) {
    await writer.cancel();
    throw error;
  }
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
