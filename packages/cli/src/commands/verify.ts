import { resolve } from "node:path";
import { type CompressionOptions, Crc32c, isObjectStoreError, parseChecksum } from "@sluice/core";
import { createRecipe } from "@sluice/datagen";
import type { Command } from "commander";
import { CommandError } from "../command-error.js";
import {
  addCommonOptions,
  addConcurrencyOption,
  type CommonOptions,
  DEFAULT_CONCURRENCY,
  optionParser,
} from "../common-options.js";
import type { CommandContext } from "../context.js";
import { DATASET_KEY, type DatasetTotals } from "../dataset.js";
import { EXIT } from "../exit-code.js";
import { formatCount, formatDuration, formatName, formatRate, formatSize } from "../format.js";
import { nameOf, refuseDash, refuseUri } from "../location.js";
import type { Outcome } from "../outcome.js";
import { parsePercent, parseSeed } from "../parse-number.js";
import type { RunCommand } from "../program.js";
import { readDataset } from "../read-dataset.js";
import type { Sample } from "../sample.js";
import { type BadObject, verifyDataset } from "../verify-dataset.js";
import { VerifyLog } from "../verify-log.js";

interface VerifyOptions extends CommonOptions {
  readonly checksum?: string;
  readonly decode?: true;
  readonly concurrency?: number;
  /** A share of 1. */
  readonly sample?: number;
  readonly sampleSeed?: bigint;
  readonly report?: string;
  readonly resume?: true;
}

export function addVerify(program: Command, run: RunCommand): void {
  const command = program
    .command("verify")
    .description("Verify every byte of a dataset, or an object's checksum.")
    .argument("<uri>", "dataset (its folder or prefix, or its .json), or with --checksum an object")
    .option("--checksum <crc32c>", "what the object's bytes must have, crc32c: and 8 hex digits")
    .option("--decode", "with --checksum: of the decoded content")
    .option(
      "--sample <percent>",
      "look at this share of the bytes only, such as 1%, and at least at a block of each object",
      optionParser(parsePercent),
    )
    .option("--sample-seed <n>", "draw the same sample again (default: random, told)", optionParser(parseSeed))
    .option("--report <file>", "write a JSON line for each object as it is done")
    .option("--resume", "go on with what the report of a stopped run leaves");
  addConcurrencyOption(command);
  addCommonOptions(command).action((uri: string, options: VerifyOptions) =>
    run(options, (context) => verify(context, uri, options)),
  );
}

function verify(context: CommandContext, source: string, options: VerifyOptions): Promise<Outcome> {
  const { checksum, sample, sampleSeed, report, resume } = options;
  if (checksum !== undefined && [sample, sampleSeed, report, resume].some((option) => option !== undefined)) {
    throw new CommandError("Usage", "--sample and --report are of datasets, and do not go with --checksum");
  }
  if (options.checksum !== undefined) return verifyChecksum(context, source, options.checksum, options.decode === true);
  if (options.decode === true)
    throw new CommandError("Usage", "--decode goes with --checksum; a dataset knows its codec");
  if (options.resume === true && options.report === undefined) {
    throw new CommandError("Usage", "--resume goes with --report, the file of the run that was stopped");
  }
  if (report !== undefined) {
    refuseDash(report);
    refuseUri(report, "write the report to a file, and copy it with sluice put");
  }
  return verifyWholeDataset(context, context.toUri(source), options);
}

async function verifyWholeDataset(context: CommandContext, typed: string, options: VerifyOptions): Promise<Outcome> {
  const { concurrency = DEFAULT_CONCURRENCY, report, resume = false } = options;
  const { signal } = context;
  const key = typed.endsWith(".json") ? nameOf(typed) : DATASET_KEY;
  const store = await context.openStore(typed.endsWith(".json") ? typed.slice(0, -key.length) : typed);
  const parsed = await readDataset(store, key, signal);
  const { totals } = parsed.dataset;
  const sample = sampleOf(options, parsed.dataset.compression);
  const path = report === undefined ? undefined : resolve(context.environment.workingFolder, report);
  const log = path === undefined ? undefined : await VerifyLog.open(path, store.uriOf(key), parsed, sample, resume);
  const progress = context.startProgress("verify", { ...totals, bytes: totals.bytes * (sample?.share ?? 1) });
  const bad = await verifyDataset(store, parsed, {
    ...{ concurrency, progress, signal },
    ...(sample !== undefined && { sample }),
    ...(log !== undefined && { log }),
  }).finally(() => log?.close());
  const elapsedMs = Math.round(progress.elapsedMs);
  const found: Found = {
    ...{ totals, bad, sample, elapsedMs, bytesRead: progress.bytes, objectsRead: progress.objects },
    earlierObjects: log?.earlierObjects ?? 0,
  };
  const { bytesRead, objectsRead, earlierObjects } = found;
  const ok = bad.length === 0;
  if (ok && objectsRead === 0) {
    const message = `the report has all ${formatCount(totals.objects, "object")}, and none was looked at; leave --resume out to verify them again`;
    throw new CommandError("NothingDone", message, store.uriOf(key));
  }
  const drawnValue = sample && { sample: { share: sample.share, seed: sample.seed.toString(), bytes: bytesRead } };
  const looked = { objectsRead, bytesRead, ...(earlierObjects > 0 && { earlierObjects }) };
  return {
    kind: "result",
    exitCode: ok ? EXIT.good : EXIT.badData,
    value: { uri: store.uriOf(key), ok, ...totals, ...looked, ...drawnValue, badObjects: bad.length, bad, elapsedMs },
    lines: [...bad.map(lineOf), summaryOf(found)],
  };
}

interface Found {
  readonly totals: DatasetTotals;
  readonly bad: readonly BadObject[];
  readonly sample: Sample | undefined;
  /** Looked at by this run. */
  readonly objectsRead: number;
  readonly bytesRead: number;
  /** Looked at by the run that this one goes on with. */
  readonly earlierObjects: number;
  readonly elapsedMs: number;
}

/** Calls good what was read, and nothing else. */
function summaryOf({ totals, bad, sample, bytesRead, earlierObjects, elapsedMs }: Found): string {
  const objects = formatCount(totals.objects, "object");
  const drawn = sample === undefined ? "" : `, sample seed ${sample.seed}`;
  const earlier = earlierObjects === 0 ? "" : `, ${earlierObjects} of them by the report of an earlier run`;
  if (bad.length > 0) return `${bad.length} of ${objects} bad${earlier}${drawn}`;
  const took = `in ${formatDuration(elapsedMs)}, ${formatRate(bytesRead, elapsedMs)}${drawn}`;
  if (sample === undefined) return `${objects} good${earlier}, ${formatSize(bytesRead)} ${took}`;
  const read = `${formatSize(bytesRead)} of ${formatSize(totals.bytes)}`;
  return `${objects} there in the right size${earlier}; ${read} read and good, ${took}`;
}

function sampleOf({ sample, sampleSeed }: VerifyOptions, compression: CompressionOptions | "none"): Sample | undefined {
  if (sample === undefined && sampleSeed === undefined) return undefined;
  if (sample === undefined) throw new CommandError("Usage", "--sample-seed goes with --sample");
  if (compression !== "none" && compression.codec === "gzip") {
    throw new CommandError("Usage", "gzip can't be read by range: verify the whole dataset, without --sample");
  }
  return { share: sample, seed: sampleSeed ?? createRecipe({ size: 0 }).seed };
}

function lineOf(object: BadObject): string {
  const { uri, reason, firstBadOffset = 0, firstBadBlock = 0, badBlocks = 0, badBytes = 0 } = object;
  const name = `bad: ${formatName(uri)}`;
  if (reason === "missing") return `${name}: missing`;
  if (reason === "manifest") return `${name}: the bytes are right, but the manifest has another checksum`;
  const size =
    object.actualBytes === object.expectedBytes ? "" : `, ${object.actualBytes} of ${object.expectedBytes} bytes`;
  const damage = object.damage === undefined ? "" : `, ${formatName(object.damage)}`;
  if (object.firstBadOffset === undefined) return name + damage;
  return `${name}: from offset ${firstBadOffset} (block ${firstBadBlock}) on, ${formatCount(badBlocks, "bad block")}, ${formatCount(badBytes, "bad byte")}${size}${damage}`;
}

async function verifyChecksum(
  context: CommandContext,
  source: string,
  expected: string,
  decode: boolean,
): Promise<Outcome> {
  parseChecksum(expected, "verify");
  const { signal } = context;
  const { store, key } = await context.openObject(await context.toSourceUri(source));
  const object = await store.get(key, { decode, lendChunks: true, signal });
  const progress = context.startProgress("verify", decode ? {} : { bytes: object.info.size });
  const crc = new Crc32c();
  let damage: string | undefined;
  try {
    for await (const chunk of object) {
      crc.update(chunk);
      progress.addBytes(chunk.byteLength);
    }
  } catch (error) {
    if (!isObjectStoreError(error, "ChecksumMismatch")) throw error;
    damage = error.message;
  }
  const { uri } = object.info;
  const actual = crc.digest();
  const ok = damage === undefined && actual === expected;
  const found = `${formatSize(crc.byteLength)}, ${actual}`;
  const line = ok
    ? `${formatName(uri)}: good, ${found}`
    : `bad: ${formatName(uri)}: expected ${expected}, read ${found}`;
  const facts = { uri, ok, bytes: crc.byteLength, expected, actual, ...(damage !== undefined && { damage }) };
  return {
    kind: "result",
    exitCode: ok ? EXIT.good : EXIT.badData,
    value: { ...facts, elapsedMs: Math.round(progress.elapsedMs) },
    lines: [damage === undefined ? line : `${line}; ${formatName(damage)}`],
  };
}
