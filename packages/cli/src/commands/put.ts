import { basename } from "node:path";
import type { Command } from "commander";
import { CommandError } from "../command-error.js";
import {
  addCommonOptions,
  addCompressionOptions,
  addPublishOptions,
  type CommonOptions,
  type CompressionFlags,
  compressionOf,
  type PublishOptions,
  writerOptionsOf,
} from "../common-options.js";
import type { CommandContext } from "../context.js";
import { describeWrite } from "../describe-write.js";
import { type LocalSource, openLocalSource, openStandardInput } from "../local-source.js";
import { intoFolder, refuseUri } from "../location.js";
import type { Outcome } from "../outcome.js";
import type { RunCommand } from "../program.js";
import { compressedName } from "../target-name.js";
import { transfer } from "../transfer.js";

type PutOptions = CommonOptions & CompressionFlags & PublishOptions;

export function addPut(program: Command, run: RunCommand): void {
  const command = program
    .command("put")
    .description("Write a file, or standard input, as an object.")
    .argument("<file>", "file, or - for standard input")
    .argument("<uri>", "object; one that ends in / takes the file's name");
  addCompressionOptions(command);
  addPublishOptions(command);
  addCommonOptions(command).action((file: string, uri: string, options: PutOptions) =>
    run(options, (context) => put(context, file, uri, options)),
  );
}

async function put(context: CommandContext, file: string, target: string, options: PutOptions): Promise<Outcome> {
  const { signal, environment } = context;
  const isStdin = file === "-";
  refuseUri(file, "copy an object with sluice cp");
  const targetUri = context.toUri(target);
  if (isStdin && targetUri.endsWith("/")) {
    throw new CommandError("Usage", `standard input has no name: write the object's after ${targetUri}`, targetUri);
  }
  const name = isStdin ? "" : basename(file);
  const objectUri = compressedName(intoFolder(targetUri, name), name, compressionOf(options));
  const { store, key } = await context.openObject(objectUri, options);
  const { chunks, size }: LocalSource = isStdin
    ? await openStandardInput(environment.stdin, signal)
    : await openLocalSource(file, environment.workingFolder, signal);
  const progress = context.startProgress("put", size === undefined ? {} : { bytes: size });
  const result = await transfer({
    ...{ store, key, progress, signal, source: chunks },
    writer: { ...writerOptionsOf(options), ...(size !== undefined && { size }) },
  });
  return describeWrite(result, progress);
}
