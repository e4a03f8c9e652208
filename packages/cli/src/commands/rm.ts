import { isObjectStoreError, ObjectStoreError } from "@sluice/core";
import type { Command } from "commander";
import { CommandError, IncompleteRunError } from "../command-error.js";
import { addCommonOptions, type CommonOptions } from "../common-options.js";
import type { CommandContext } from "../context.js";
import { formatCount } from "../format.js";
import type { Outcome } from "../outcome.js";
import type { RunCommand } from "../program.js";
import type { Progress } from "../progress.js";
import { removeTree } from "../remove-tree.js";

interface RmOptions extends CommonOptions {
  readonly recursive?: true;
  readonly mustExist?: true;
}

export function addRm(program: Command, run: RunCommand): void {
  const command = program
    .command("rm")
    .description("Remove objects, or with --recursive all objects below URIs.")
    .argument("<uris...>", "objects, or with --recursive folders or prefixes")
    .option("-r, --recursive", "remove all objects below")
    .option("--must-exist", "fail if there is nothing to remove");
  addCommonOptions(command).action((uris: string[], options: RmOptions) =>
    run(options, (context) => rm(context, uris, options)),
  );
}

async function rm(context: CommandContext, sources: readonly string[], options: RmOptions): Promise<Outcome> {
  const uris = sources.map((source) => context.toUri(source));
  const prefix = uris.find((uri) => uri.endsWith("/"));
  if (prefix !== undefined && options.recursive !== true) {
    throw new CommandError("Usage", `${prefix} names no object; remove all below it with --recursive`, prefix);
  }
  const progress = context.startProgress("rm");
  let removed = 0;
  try {
    for (const uri of uris) {
      const below = options.recursive === true ? await removeBelow(context, uri, progress) : 0;
      removed += below;
      if (below === 0) removed += await removeOne(context, uri, options, progress);
    }
  } catch (error) {
    if (removed === 0) throw error;
    throw new IncompleteRunError(error, `removed ${formatCount(removed, "object")} before`);
  }
  return { kind: "result", value: { uris, removed }, lines: [`removed ${formatCount(removed, "object")}`] };
}

async function removeBelow(context: CommandContext, uri: string, progress: Progress): Promise<number> {
  return removeTree(await context.openStore(uri), progress, context.signal);
}

/** Removes an object, and counts it if it was there. */
async function removeOne(
  context: CommandContext,
  uri: string,
  { mustExist = false }: { readonly mustExist?: boolean },
  progress: Progress,
): Promise<number> {
  const { signal } = context;
  try {
    if (uri.endsWith("/")) throw new ObjectStoreError("NotFound", `nothing is below ${uri}`, { uri });
    const { store, key } = await context.openObject(uri);
    await store.delete(key, { mustExist: true, signal });
    progress.addObject();
    return 1;
  } catch (error) {
    if (mustExist || !isObjectStoreError(error, "NotFound")) throw error;
    return 0;
  }
}
