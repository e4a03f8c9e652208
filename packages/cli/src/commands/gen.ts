import { createRecipe } from "@sluice/datagen";
import type { Command } from "commander";
import { CommandError } from "../command-error.js";
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
} from "../common-options.js";
import type { CommandContext } from "../context.js";
import { DATASET_KEY, MAX_OBJECTS } from "../dataset.js";
import { formatCount, formatDuration, formatName, formatRate, formatSize } from "../format.js";
import { type GeneratedDataset, generateDataset } from "../generate-dataset.js";
import type { Outcome } from "../outcome.js";
import { parseFactor, parseSeed, wholeNumber } from "../parse-number.js";
import { parseSize } from "../parse-size.js";
import type { RunCommand } from "../program.js";
import { beginReplacing, endReplacing, refuseExisting } from "../replace-dataset.js";

interface GenOptions extends CommonOptions, CompressionFlags, StoreOptions {
  readonly size: number;
  readonly count: number;
  readonly dedup: number;
  readonly compress: number;
  readonly blockSize?: number;
  readonly seed?: bigint;
  readonly concurrency?: number;
  readonly overwrite?: true;
}

export function addGen(program: Command, run: RunCommand): void {
  const command = program
    .command("gen")
    .description("Generate a dataset: objects of synthetic data, and a dataset.json to verify them by.")
    .argument("<uri>", "folder or prefix that the dataset goes into")
    .requiredOption("--size <size>", "of each object, such as 64MiB or 1.5GB", optionParser(parseSize))
    .option("--count <n>", "objects", optionParser(wholeNumber(1, MAX_OBJECTS)), 1)
    .option("--dedup <factor>", "N:1, full blocks to unique ones, 1 to 1000", optionParser(parseFactor), 1)
    .option("--compress <factor>", "N:1, bytes to random bytes in a unique block", optionParser(parseFactor), 1)
    .option("--block-size <size>", "dedup block, a power of two (default: 64KiB)", optionParser(parseSize))
    .option("--seed <n>", "the same data again, 0 to 2^64 - 1 (default: random)", optionParser(parseSeed))
    .option("--overwrite", "replace the dataset that is there");
  addConcurrencyOption(command);
  addCompressionOptions(command);
  addDurabilityOption(command);
  addCommonOptions(command).action((uri: string, options: GenOptions) =>
    run(options, (context) => gen(context, uri, options)),
  );
}

async function gen(context: CommandContext, target: string, options: GenOptions): Promise<Outcome> {
  const { size, count, dedup, compress, blockSize, seed, overwrite = false } = options;
  const { signal } = context;
  const recipe = createRecipe({
    ...{ size, dedup, compress },
    ...(blockSize !== undefined && { blockSize }),
    ...(seed !== undefined && { seed }),
  });
  if (!Number.isSafeInteger(size * count)) throw new CommandError("Usage", "the dataset would have 2^53 bytes or more");
  const store = await context.openStore(context.toUri(target), options);
  if (!overwrite) await refuseExisting(store, signal);
  const oldKeys = overwrite ? await beginReplacing(store, signal) : [];
  const progress = context.startProgress("gen", { bytes: size * count, objects: count });
  const { dataset, ioMode } = await generateDataset({
    ...{ store, recipe, count, overwrite, progress, signal },
    writer: { compression: compressionOf(options) },
    concurrency: options.concurrency ?? Math.min(DEFAULT_CONCURRENCY, count),
  });
  await endReplacing(store, oldKeys, dataset);
  return describe(store.uriOf(DATASET_KEY), { dataset, ...(ioMode !== undefined && { ioMode }) }, progress.elapsedMs);
}

function describe(uri: string, { dataset, ioMode }: GeneratedDataset, exactMs: number): Outcome {
  const elapsedMs = Math.round(exactMs);
  const { recipe, totals, compression } = dataset;
  const stored = compression === "none" ? "" : `, stored as ${formatSize(totals.storedBytes)}`;
  return {
    kind: "result",
    value: { uri, ...dataset, ...(ioMode !== undefined && { ioMode }), elapsedMs },
    lines: [
      formatName(uri),
      `${formatCount(totals.objects, "object")} of ${formatSize(recipe.size)}, ${formatSize(totals.bytes)} in all${stored}, seed ${recipe.seed}`,
      `${formatDuration(elapsedMs)}, ${formatRate(totals.bytes, elapsedMs)}${ioMode === undefined ? "" : `, ${ioMode} I/O`}`,
    ],
  };
}
