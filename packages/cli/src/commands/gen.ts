import {
  createDatasetSpec,
  createRecipe,
  DatasetPlan,
  type DedupScope,
  datasetSpecToJson,
  MAX_DATASET_OBJECTS,
  MAX_DEPTH,
  type Placement,
  recipeToJson,
} from "@sluice/datagen";
import { type Command, Option } from "commander";
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
import {
  DATASET_FORMAT,
  DATASET_KEY,
  DATASET_VERSION,
  type Dataset,
  MAX_OBJECTS,
  STRUCTURED_VERSION,
  type StructuredDataset,
} from "../dataset.js";
import { DatasetClaim } from "../dataset-claim.js";
import { type DatasetContent, extensionOf, uniformContent } from "../dataset-content.js";
import { formatCount, formatDuration, formatName, formatRate, formatSize } from "../format.js";
import { type GeneratedDataset, generateDataset } from "../generate-dataset.js";
import type { Outcome } from "../outcome.js";
import { parseFactor, parseSeed, wholeNumber } from "../parse-number.js";
import { parseSize } from "../parse-size.js";
import { parseSizes, readSizes, type TypedSizes } from "../parse-sizes.js";
import type { RunCommand } from "../program.js";
import { beginReplacing, endReplacing, refuseExisting } from "../replace-dataset.js";
import { chooseWorkers, parseWorkers, type Workers } from "../workers/choose-workers.js";
import type { WrittenObjects } from "../written-objects.js";

interface GenOptions extends CommonOptions, CompressionFlags, StoreOptions {
  readonly size: TypedSizes;
  readonly count: number;
  readonly dedup: number;
  readonly compress: number;
  readonly blockSize?: number;
  readonly seed?: bigint;
  readonly placement?: Placement;
  readonly dedupScope?: DedupScope;
  readonly depth?: number;
  readonly fanOut?: number;
  readonly concurrency?: number;
  readonly workers: Workers;
  readonly overwrite?: true;
}

export function addGen(program: Command, run: RunCommand): void {
  const command = program
    .command("gen")
    .description("Generate a dataset: objects of synthetic data, and a dataset.json to verify them by.")
    .argument("<uri>", "folder or prefix that the dataset goes into")
    .requiredOption(
      "--size <size>",
      "of each object, such as 64MiB or 1.5GB, or drawn: uniform:MIN,MAX, lognormal:MEDIAN,SIGMA[,MAX], histogram:FILE",
      optionParser(parseSizes),
    )
    .option("--count <n>", "objects", optionParser(wholeNumber(1, MAX_DATASET_OBJECTS)), 1)
    .option("--dedup <factor>", "N:1, full blocks to unique ones, 1 to 1000", optionParser(parseFactor), 1)
    .option("--compress <factor>", "N:1, bytes to random bytes in a unique block", optionParser(parseFactor), 1)
    .option("--block-size <size>", "dedup block, a power of two (default: 64KiB)", optionParser(parseSize))
    .option("--seed <n>", "the same data again, 0 to 2^64 - 1 (default: random)", optionParser(parseSeed))
    .option("--depth <n>", "levels of folders above the objects (default: 0)", optionParser(wholeNumber(0, MAX_DEPTH)))
    .option("--fan-out <n>", "folders in each folder (default: 10)", optionParser(wholeNumber(1, 10_000)))
    .addOption(
      new Option("--dedup-scope <scope>", "blocks repeat within each object, or across all (default: object)").choices([
        "object",
        "dataset",
      ]),
    )
    .addOption(
      new Option("--placement <how>", "copies of a block lie far apart, or side by side (default: far)").choices([
        "far",
        "near",
      ]),
    )
    .option(
      "--workers <n>",
      "threads that make the data, or auto: as many as the machine runs at once",
      optionParser(parseWorkers),
      "auto" as Workers,
    )
    .option("--overwrite", "replace the dataset that is there");
  addConcurrencyOption(command);
  addCompressionOptions(command);
  addDurabilityOption(command);
  addCommonOptions(command).action((uri: string, options: GenOptions) =>
    run(options, (context) => gen(context, uri, options)),
  );
}

async function gen(context: CommandContext, target: string, options: GenOptions): Promise<Outcome> {
  const { signal } = context;
  const { overwrite = false } = options;
  const { content, describe } = await planOf(context, options);
  const { count, bytes } = content;
  const store = await context.openStore(context.toUri(target), options);
  const claim = await DatasetClaim.take(store, (text) => context.note(text), signal);
  try {
    if (!overwrite) await refuseExisting(store, signal);
    const old = overwrite ? await beginReplacing(store, signal) : undefined;
    const workers = chooseWorkers(options.workers, bytes, store.uri);
    const progress = context.startProgress("gen", { bytes, objects: count });
    const generated = await generateDataset({
      ...{ store, content, claim, describe, overwrite, progress, signal },
      listsObjects: !isStructured(options),
      writer: { compression: compressionOf(options) },
      concurrency: options.concurrency ?? Math.min(Math.max(DEFAULT_CONCURRENCY, workers), count),
      ...{ workers, workerTarget: workers === 1 ? undefined : context.workerTarget(store.uri, options) },
    });
    if (old !== undefined) await endReplacing(store, old, content, extensionOf(generated.dataset.compression));
    return outcomeOf(store.uriOf(DATASET_KEY), generated, progress.elapsedMs);
  } finally {
    await claim.release().catch((error: Error) => context.complain(`the claim stays, remove it: ${error.message}`));
  }
}

interface GenPlan {
  readonly content: DatasetContent;
  readonly describe: (written: WrittenObjects) => Dataset | StructuredDataset;
}

/** Whether the dataset needs a manifest of version 2; plain ones keep the first, which lists the objects and their checksums. */
function isStructured({ size, count, dedupScope, placement, depth, fanOut }: GenOptions): boolean {
  const isAsked = [dedupScope, placement, depth, fanOut].some((option) => option !== undefined);
  return size.kind !== "fixed" || isAsked || count > MAX_OBJECTS;
}

async function planOf(context: CommandContext, options: GenOptions): Promise<GenPlan> {
  const { size, count, dedup, compress, blockSize, seed, placement, dedupScope, depth, fanOut } = options;
  const common = {
    ...{ dedup, compress },
    ...(blockSize !== undefined && { blockSize }),
    ...(seed !== undefined && { seed }),
  };
  if (size.kind === "fixed" && !isStructured(options)) return uniformPlan({ ...common, size: size.bytes }, count);
  const spec = createDatasetSpec({
    ...{ ...common, count, sizes: await readSizes(size, context.environment.workingFolder) },
    ...(placement !== undefined && { placement }),
    ...(dedupScope !== undefined && { dedupScope }),
    ...(depth !== undefined && { depth }),
    ...(fanOut !== undefined && { fanOut }),
  });
  return {
    content: new DatasetPlan(spec),
    describe: ({ compression, totals }) => ({
      ...{ format: DATASET_FORMAT, version: STRUCTURED_VERSION, spec: datasetSpecToJson(spec), compression, totals },
    }),
  };
}

function uniformPlan(options: Parameters<typeof createRecipe>[0], count: number): GenPlan {
  const recipe = createRecipe(options);
  const content = uniformContent(recipe, count);
  if (!Number.isSafeInteger(content.bytes))
    throw new CommandError("Usage", "the dataset would have 2^53 bytes or more");
  return {
    content,
    describe: (written) => ({
      ...{ format: DATASET_FORMAT, version: DATASET_VERSION, recipe: { ...recipeToJson(recipe), count } },
      ...{ compression: written.compression, totals: written.totals, objects: written.list() },
    }),
  };
}

function outcomeOf(uri: string, { dataset, ioMode }: GeneratedDataset, exactMs: number): Outcome {
  const elapsedMs = Math.round(exactMs);
  const { totals, compression } = dataset;
  const { seed } = dataset.version === STRUCTURED_VERSION ? dataset.spec : dataset.recipe;
  const sizes = dataset.version === STRUCTURED_VERSION ? "" : ` of ${formatSize(dataset.recipe.size)}`;
  const stored = compression === "none" ? "" : `, stored as ${formatSize(totals.storedBytes)}`;
  return {
    kind: "result",
    value: { uri, ...dataset, ...(ioMode !== undefined && { ioMode }), elapsedMs },
    lines: [
      formatName(uri),
      `${formatCount(totals.objects, "object")}${sizes}, ${formatSize(totals.bytes)} in all${stored}, seed ${seed}`,
      `${formatDuration(elapsedMs)}, ${formatRate(totals.bytes, elapsedMs)}${ioMode === undefined ? "" : `, ${ioMode} I/O`}`,
    ],
  };
}
