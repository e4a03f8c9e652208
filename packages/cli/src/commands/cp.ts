import type { Command } from "commander";
import { CommandError } from "../command-error.js";
import {
  addCommonOptions,
  addCompressionOptions,
  addConcurrencyOption,
  addPublishOptions,
  type CommonOptions,
  type CompressionFlags,
  DEFAULT_CONCURRENCY,
  type PublishOptions,
  writerOptionsOf,
} from "../common-options.js";
import type { CommandContext } from "../context.js";
import { copyObject } from "../copy-object.js";
import { copyTree } from "../copy-tree.js";
import { describeWrite } from "../describe-write.js";
import { formatCount, formatDuration, formatName, formatRate, formatSize } from "../format.js";
import { intoFolder, nameOf } from "../location.js";
import type { Outcome } from "../outcome.js";
import type { RunCommand } from "../program.js";
import { contentName } from "../read-options.js";

interface CpOptions extends CommonOptions, CompressionFlags, PublishOptions {
  readonly recursive?: true;
  readonly decode?: true;
  readonly concurrency?: number;
}

export function addCp(program: Command, run: RunCommand): void {
  const command = program
    .command("cp")
    .description("Copy an object, or with --recursive all objects below a URI, to any store.")
    .argument("<source>", "object, or with --recursive a folder or prefix")
    .argument("<target>", "object; one that ends in / takes the source's name")
    .option("-r, --recursive", "copy what is below the source to below the target")
    .option("--decode", "decode .zst and .gz objects; their names lose the extension");
  addConcurrencyOption(command);
  addCompressionOptions(command);
  addPublishOptions(command);
  addCommonOptions(command).action((source: string, target: string, options: CpOptions) =>
    run(options, (context) => (options.recursive ? cpTree : cpObject)(context, source, target, options)),
  );
}

async function cpObject(context: CommandContext, source: string, target: string, options: CpOptions): Promise<Outcome> {
  const { signal } = context;
  const sourceUri = await context.toSourceUri(source);
  if (sourceUri.endsWith("/")) {
    throw new CommandError("Usage", `${sourceUri} names no object; copy all below it with --recursive`, sourceUri);
  }
  const decode = options.decode === true;
  const from = await context.openObject(sourceUri);
  const name = contentName(nameOf(context.toUri(source)), decode);
  const to = await context.openObject(intoFolder(context.toUri(target), name), options);
  const progress = context.startProgress("cp");
  const result = await copyObject({ from, to, decode, progress, signal, writer: writerOptionsOf(options) });
  return describeWrite(result, progress, from.store.uriOf(from.key));
}

async function cpTree(context: CommandContext, source: string, target: string, options: CpOptions): Promise<Outcome> {
  const from = await context.openStore(context.toUri(source));
  const to = await context.openStore(context.toUri(target), options);
  if (to.uri.startsWith(from.uri)) {
    throw new CommandError("Usage", `${to.uri} lies below ${from.uri}: the copies would be copied too`, to.uri);
  }
  const progress = context.startProgress("cp");
  const totals = await copyTree({
    ...{ from, to, progress, signal: context.signal },
    decode: options.decode === true,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    writer: writerOptionsOf(options),
  });
  const elapsedMs = Math.round(progress.elapsedMs);
  if (totals.objects === 0) await context.note(`nothing is below ${formatName(from.uri)}`);
  const took = `${formatDuration(elapsedMs)}, ${formatRate(totals.bytes, elapsedMs)}`;
  return {
    kind: "result",
    value: { source: from.uri, target: to.uri, ...totals, elapsedMs },
    lines: [
      `${formatName(to.uri)}: ${formatCount(totals.objects, "object")}, ${formatSize(totals.bytes)}, stored as ${formatSize(totals.storedBytes)}, ${took}`,
    ],
  };
}
