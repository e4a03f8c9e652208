import type { Command } from "commander";
import { CommandError } from "../command-error.js";
import {
  addCommonOptions,
  addCompressionOptions,
  addConcurrencyOption,
  addKeepGoingOption,
  addPublishOptions,
  type CommonOptions,
  type CompressionFlags,
  compressionOf,
  DEFAULT_CONCURRENCY,
  type KeepGoingOption,
  type PublishOptions,
  writerOptionsOf,
} from "../common-options.js";
import type { CommandContext } from "../context.js";
import { copyObject } from "../copy-object.js";
import { copyTree } from "../copy-tree.js";
import { describeCounts, describeWrite } from "../describe-write.js";
import { EXIT } from "../exit-code.js";
import { formatCount, formatDuration, formatName, formatRate, formatSize } from "../format.js";
import { intoFolder, liesBelow, nameOf } from "../location.js";
import { orBelow } from "../or-below.js";
import type { Outcome } from "../outcome.js";
import type { RunCommand } from "../program.js";
import { addVerifyFlag, contentName, type VerifyFlag } from "../read-options.js";
import { compressedName } from "../target-name.js";
import { ToldFailures } from "../told-failures.js";

interface CpOptions extends CommonOptions, CompressionFlags, KeepGoingOption, PublishOptions, VerifyFlag {
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
  addKeepGoingOption(command);
  addVerifyFlag(command);
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
  if (await context.namesNoObject(sourceUri)) {
    throw new CommandError("Usage", `${sourceUri} names no object; copy all below it with --recursive`, sourceUri);
  }
  const decode = options.decode === true;
  const from = await context.openObject(sourceUri);
  const name = contentName(nameOf(context.toUri(source)), decode);
  if (name === "" && target.endsWith("/")) {
    throw new CommandError(
      "Usage",
      `${sourceUri} has no name behind its last /: write the object's after ${target}`,
      sourceUri,
    );
  }
  const writer = writerOptionsOf(options);
  const targetUri = compressedName(intoFolder(context.toUri(target), name), name, compressionOf(options));
  const to = await context.openObject(targetUri, options);
  const progress = context.startProgress("cp");
  const { verify } = options;
  const { result, verifiedBy } = await orBelow(
    context,
    from.store.uriOf(from.key),
    copyObject({ from, to, decode, verify, progress, signal, writer }),
  );
  return describeWrite(result, progress, { uri: from.store.uriOf(from.key), verifiedBy });
}

async function cpTree(context: CommandContext, source: string, target: string, options: CpOptions): Promise<Outcome> {
  const { signal } = context;
  const from = await context.openTree(context.toUri(source));
  const to = await context.openStore(context.toUri(target), options);
  if (await liesBelow(to.uri, from.uri)) {
    throw new CommandError("Usage", `${to.uri} lies below ${from.uri}: the copies would be copied too`, to.uri);
  }
  const progress = context.startProgress("cp");
  const failures = new ToldFailures(context, "not copied");
  const totals = await copyTree({
    ...{ from, to, progress, signal },
    decode: options.decode === true,
    verify: options.verify,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    writer: writerOptionsOf(options),
    ...(options.keepGoing === true && { failures }),
  });
  const { objects, bytes, storedBytes, skipped } = totals;
  const failed = failures.count;
  const markers = skipped === 0 ? "" : `, ${formatCount(skipped, "folder marker")} skipped`;
  if (objects + failed === 0) {
    // As cp of every system does it: a single object is copied with --recursive too.
    if (await isObject(context, source)) return cpObject(context, source, target, options);
    throw new CommandError("NothingDone", `nothing is below ${from.uri}${markers}`, from.uri);
  }
  const elapsedMs = Math.round(progress.elapsedMs);
  const stored = `${formatSize(bytes)}, stored as ${formatSize(storedBytes)}`;
  const verified = objects === 0 ? "" : `, ${describeCounts(totals.verifiedBy)}`;
  const notCopied = failed === 0 ? "" : `, ${formatCount(failed, "object")} not copied`;
  const took = `${formatDuration(elapsedMs)}, ${formatRate(bytes, elapsedMs)}`;
  return {
    kind: "result",
    exitCode: failed === 0 ? EXIT.good : EXIT.notDone,
    value: { source: from.uri, target: to.uri, ...totals, failed, ...failures.value, elapsedMs },
    lines: [
      `${formatName(to.uri)}: ${formatCount(objects, "object")}, ${stored}${verified}${markers}${notCopied}, ${took}`,
    ],
  };
}

async function isObject(context: CommandContext, source: string): Promise<boolean> {
  const uri = await context.toSourceUri(source);
  if (await context.namesNoObject(uri)) return false;
  const { store, key } = await context.openObject(uri);
  return store.exists(key, { signal: context.signal });
}
