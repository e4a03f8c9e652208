import { isObjectStoreError } from "@sluice/core";
import type { Command } from "commander";
import { CommandError } from "../command-error.js";
import { addCommonOptions, type CommonOptions } from "../common-options.js";
import type { CommandContext } from "../context.js";
import { formatCount, formatName } from "../format.js";
import type { Outcome } from "../outcome.js";
import type { RunCommand } from "../program.js";
import { Removal, removeTree } from "../remove-tree.js";

interface RbOptions extends CommonOptions {
  readonly force?: true;
}

export function addMb(program: Command, run: RunCommand): void {
  const command = program
    .command("mb")
    .description("Make a bucket or container.")
    .argument("<uri>", "bucket, such as s3://bucket");
  addCommonOptions(command).action((uri: string, options: CommonOptions) =>
    run(options, (context) => mb(context, uri)),
  );
}

export function addRb(program: Command, run: RunCommand): void {
  const command = program
    .command("rb")
    .description("Remove a bucket or container that is empty.")
    .argument("<uri>", "bucket, such as s3://bucket")
    .option("--force", "remove all that is in it before");
  addCommonOptions(command).action((uri: string, options: RbOptions) =>
    run(options, (context) => rb(context, uri, options)),
  );
}

async function mb(context: CommandContext, text: string): Promise<Outcome> {
  const uri = bucketUri(context, text);
  await context.changeContainer(uri, "createContainer");
  return { kind: "result", value: { uri, made: true }, lines: [`made ${formatName(uri)}`] };
}

async function rb(context: CommandContext, text: string, options: RbOptions): Promise<Outcome> {
  const uri = bucketUri(context, text);
  const force = options.force === true;
  const removal = new Removal(context.startProgress("rb"));
  try {
    if (force) await empty(context, uri, removal);
    await context.changeContainer(uri, "deleteContainer");
  } catch (error) {
    throw removal.failure(error);
  }
  const { removed } = removal;
  const before = force ? `, with ${formatCount(removed, "object")}` : "";
  return { kind: "result", value: { uri, removed }, lines: [`removed ${formatName(uri)}${before}`] };
}

/** Removes all objects, and unfinished uploads of any age: where they can be removed, they keep a bucket from being removed too. */
async function empty(context: CommandContext, uri: string, removal: Removal): Promise<void> {
  const tree = await context.openTree(uri);
  await removeTree(tree, removal, context.signal);
  try {
    await tree.store.sweepStaleUploads({ olderThanMs: 0, signal: context.signal });
  } catch (error) {
    if (!isObjectStoreError(error, "Unsupported")) throw error;
  }
}

function bucketUri(context: CommandContext, text: string): string {
  const uri = context.toUri(text);
  const [, bucket] = /^[^:]+:\/\/([^/]+)\/?$/.exec(uri) ?? [];
  if (bucket === undefined) throw new CommandError("Usage", `${uri} names no bucket: write it as s3://bucket`, uri);
  return uri.endsWith("/") ? uri : `${uri}/`;
}
