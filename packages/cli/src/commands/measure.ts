import { isObjectStoreError } from "@sluice/core";
import {
  COMPRESSORS,
  type CompressorName,
  compareWithRecipe,
  type Deviation,
  type Expectation,
  expectationOf,
  type MeasureFailure,
  type MeasureOptions,
  type MeasureReport,
  type MeasureSource,
  measure,
} from "@sluice/datagen";
import type { Command } from "commander";
import { CommandError, IncompleteRunError } from "../command-error.js";
import {
  addCommonOptions,
  addKeepGoingOption,
  type CommonOptions,
  type KeepGoingOption,
  optionParser,
} from "../common-options.js";
import type { CommandContext } from "../context.js";
import { DATASET_KEY } from "../dataset.js";
import { EXIT } from "../exit-code.js";
import { formatCount, formatDuration, formatName, formatRate, formatSize } from "../format.js";
import type { Outcome } from "../outcome.js";
import type { RunCommand } from "../program.js";
import { readDataset } from "../read-dataset.js";
import { ToldFailures } from "../told-failures.js";
import { type OnUnlistable, objectsOf, type Tree } from "../tree.js";

interface MeasureCommandOptions extends CommonOptions, KeepGoingOption {
  readonly decode?: true;
  readonly compressors?: readonly CompressorName[];
}

/** What is to be measured, and what it should come to. */
interface Subject {
  readonly uri: string;
  readonly source: Exclude<MeasureSource, string>;
  readonly decode: NonNullable<MeasureOptions["decode"]>;
  readonly expectation?: Expectation;
  readonly bytes?: number;
}

const BLOCK_BYTES: readonly number[] = [4096, 16_384, 65_536, 1 << 20];

export function addMeasure(program: Command, run: RunCommand): void {
  const command = program
    .command("measure")
    .description("Measure how far data of any origin compresses and deduplicates.")
    .argument("<uri>", "object, dataset (its folder or prefix), or with a final / all objects below")
    .option("--decode", "of the decoded content of .zst and .gz objects; a dataset always is")
    .option(
      "--compressors <names>",
      `some of ${COMPRESSORS.join(",")}, or none (default: all)`,
      optionParser(parseCompressors),
    );
  addKeepGoingOption(command);
  addCommonOptions(command).action((uri: string, options: MeasureCommandOptions) =>
    run(options, (context) => measureUri(context, uri, options)),
  );
}

async function measureUri(context: CommandContext, typed: string, options: MeasureCommandOptions): Promise<Outcome> {
  const { signal } = context;
  const failures = new ToldFailures(context, "not measured");
  const { uri, source, decode, expectation, bytes } = await subjectOf(context, typed, options, failures);
  const progress = context.startProgress("measure", bytes === undefined ? {} : { bytes });
  let before = 0;
  const onProgress = (now: number) => {
    progress.addBytes(now - before);
    before = now;
  };
  const recipeBlocks =
    expectation !== undefined && expectation.blockBytes <= 1 << 20 ? expectation.blockBytes : undefined;
  const report = await measure(source, {
    ...{ decode, signal, onProgress },
    ...(options.keepGoing === true && { onFailure: tellerOf(source, failures) }),
    ...(options.compressors !== undefined && { compressors: options.compressors }),
    ...(recipeBlocks !== undefined && {
      blockBytes: [...BLOCK_BYTES, recipeBlocks],
      uniqueBlockBytes: recipeBlocks,
    }),
  });
  if (report.objects + failures.count === 0) throw new CommandError("NothingDone", `nothing is below ${uri}`, uri);
  const elapsedMs = Math.round(progress.elapsedMs);
  const recipe = expectation && {
    ...{ blockBytes: expectation.blockBytes, blocks: expectation.blocks },
    ...compareWithRecipe(report, expectation),
  };
  return {
    kind: "result",
    exitCode: failures.count === 0 ? EXIT.good : EXIT.notDone,
    value: { uri, ...report, ...(recipe !== undefined && { recipe }), ...failures.value, elapsedMs },
    isAnswer: true,
    lines: [
      `${formatName(uri)}: ${formatCount(report.objects, "object")}, ${formatSize(report.bytes)} in ${formatDuration(elapsedMs)}, ${formatRate(report.bytes, elapsedMs)}`,
      ...tableOf(report),
      ...(recipe?.distinctBlocks === undefined
        ? []
        : [deviationLine(`distinct blocks of ${recipe.blocks}`, recipe.distinctBlocks)]),
      ...(recipe?.compress === undefined ? [] : [deviationLine("zstd-3 of unique blocks", recipe.compress)]),
    ],
  };
}

/** Tells what could not be measured, and how much of it was before. */
function tellerOf({ store }: Subject["source"], failures: ToldFailures) {
  return ({ key, error, bytes }: MeasureFailure): Promise<void> => {
    const outcome = bytes === 0 ? "" : `its first ${formatSize(bytes)} were measured`;
    return failures.tell(store.uriOf(key), new IncompleteRunError(error, outcome));
  };
}

async function subjectOf(
  context: CommandContext,
  typed: string,
  options: MeasureCommandOptions,
  failures: ToldFailures,
): Promise<Subject> {
  const uri = context.toUri(typed);
  const dataset = await datasetAt(context, uri);
  if (dataset !== undefined) return dataset;
  const decode = options.decode === true;
  if (uri.endsWith("/")) {
    const tree = await context.openTree(uri);
    const onUnlistable = options.keepGoing === true ? failures.unlistableIn(tree) : undefined;
    return { uri, decode, source: { store: tree.store, keys: keysOf(tree, context.signal, onUnlistable) } };
  }
  const { store, key } = await context.openObject(await context.toSourceUri(typed));
  const { size } = await store.head(key, { signal: context.signal });
  return { uri, decode, source: { store, keys: [key] }, ...(!decode && { bytes: size }) };
}

/** The dataset below `uri`; undefined if there is none. One that is damaged rejects. */
async function datasetAt(context: CommandContext, uri: string): Promise<Subject | undefined> {
  try {
    const store = await context.openStore(uri);
    const parsed = await readDataset(store, DATASET_KEY, context.signal);
    const { compression, totals } = parsed.dataset;
    const expectation = expectationOf(mapOf(parsed.objects(), ({ recipe }) => recipe));
    return {
      ...{ uri, decode: compression === "none" ? false : compression.codec, bytes: totals.bytes },
      source: { store, keys: mapOf(parsed.objects(), ({ key }) => key) },
      ...(expectation !== undefined && { expectation }),
    };
  } catch (error) {
    // What is no folder holds no dataset.
    if (isObjectStoreError(error, "NotFound") || isObjectStoreError(error, "InvalidArgument")) return undefined;
    throw error;
  }
}

function* mapOf<T, R>(items: Iterable<T>, map: (item: T) => R): Generator<R, void, void> {
  for (const item of items) yield map(item);
}

async function* keysOf(tree: Tree, signal: AbortSignal, onUnlistable: OnUnlistable | undefined) {
  for await (const { key } of objectsOf(tree, signal, onUnlistable)) yield key;
}

function tableOf(report: MeasureReport): string[] {
  const { contentDefinedDedup: chunks, uniqueCompression } = report;
  const row = (name: string, ratio: number, more: string) =>
    `${name.padEnd(28)} ${ratio.toFixed(3).padStart(9)}  ${more}`;
  const error = (share: number) => (share === 0 ? "" : `, ± ${(share * 100).toFixed(2)} %`);
  const blocks = (found: {
    readonly blocks: number;
    readonly distinctBlocks: number;
    readonly relativeError: number;
  }) => `${found.distinctBlocks} different of ${found.blocks}${error(found.relativeError)}`;
  return [
    `entropy of bytes: ${report.entropyBitsPerByte.toFixed(4)} bits`,
    ...report.compression.map(({ name, ratio, compressedBytes }) => row(name, ratio, formatSize(compressedBytes))),
    ...report.absent.map((name) => `${name.padEnd(28)} ${"absent".padStart(9)}  its package is not installed`),
    ...(uniqueCompression?.compression ?? []).map(({ name, ratio, bytes }) =>
      row(`${name} of unique blocks`, ratio, `of ${formatSize(bytes)}`),
    ),
    ...report.fixedDedup.map((found) => row(`dedup, ${formatSize(found.blockBytes)}`, found.ratio, blocks(found))),
    row(`dedup, FastCDC ${formatSize(chunks.averageBytes)}`, chunks.ratio, blocks(chunks)),
  ];
}

function deviationLine(name: string, { expected, measured, deviation }: Deviation): string {
  const percent = `${deviation >= 0 ? "+" : ""}${(deviation * 100).toFixed(2)} %`;
  return `recipe: ${name} expected ${expected}, measured ${Number(measured.toFixed(4))} (${percent})`;
}

function parseCompressors(text: string): readonly CompressorName[] {
  if (text === "none") return [];
  return text.split(",").map((name) => {
    const known = COMPRESSORS.find((compressor) => compressor === name);
    if (known !== undefined) return known;
    throw new CommandError(
      "Usage",
      name === "none"
        ? "none goes with no other name"
        : `${JSON.stringify(name)} is no compressor (known: ${COMPRESSORS.join(", ")}; or none alone)`,
    );
  });
}
