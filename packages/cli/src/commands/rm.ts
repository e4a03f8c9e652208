import { isObjectStoreError } from "@sluice/core";
import type { Command } from "commander";
import { CommandError } from "../command-error.js";
import { addCommonOptions, type CommonOptions } from "../common-options.js";
import type { CommandContext } from "../context.js";
import { formatCount } from "../format.js";
import { nameOf } from "../location.js";
import type { Outcome } from "../outcome.js";
import type { RunCommand } from "../program.js";
import { Removal, removeTree } from "../remove-tree.js";
import { holdsObjects } from "../tree.js";

interface RmOptions extends CommonOptions {
  readonly recursive?: true;
  readonly force?: true;
}

export function addRm(program: Command, run: RunCommand): void {
  const command = program
    .command("rm")
    .description("Remove objects, or with --recursive all objects below URIs.")
    .argument("<uris...>", "objects, or with --recursive folders or prefixes")
    .option("-r, --recursive", "remove all objects below")
    .option("-f, --force", "no error where there is nothing to remove");
  addCommonOptions(command).action((uris: string[], options: RmOptions) =>
    run(options, (context) => rm(context, uris, options)),
  );
}

async function rm(context: CommandContext, sources: readonly string[], options: RmOptions): Promise<Outcome> {
  const recursive = options.recursive === true;
  const uris = sources.map((source) => context.toUri(source));
  if (!recursive) await refuseFolders(context, uris);
  const removal = new Removal(context.startProgress("rm"));
  const missing: string[] = [];
  try {
    for (const uri of uris) if (!(await remove(context, uri, recursive, removal))) missing.push(uri);
    const [first] = missing;
    if (first !== undefined && options.force !== true)
      throw await nothingRemoved(context, first, missing.length - 1, recursive);
  } catch (error) {
    throw removal.failure(error);
  }
  const { removed } = removal;
  return { kind: "result", value: { uris, removed }, lines: [`removed ${formatCount(removed, "object")}`] };
}

async function refuseFolders(context: CommandContext, uris: readonly string[]): Promise<void> {
  for (const uri of uris) {
    if (!(await context.namesNoObject(uri))) continue;
    throw new CommandError("Usage", `${uri} names no object; remove all below it with --recursive`, uri);
  }
}

/** Whether there was anything to remove. */
async function remove(context: CommandContext, uri: string, recursive: boolean, removal: Removal): Promise<boolean> {
  const { removed } = removal;
  if (recursive) await removeTree(await context.openTree(uri), removal, context.signal);
  return removal.removed > removed || removeOne(context, uri, removal);
}

async function removeOne(context: CommandContext, uri: string, removal: Removal): Promise<boolean> {
  if (await context.namesNoObject(uri)) return false;
  try {
    const { store, key } = await context.openObject(uri);
    await store.delete(key, { mustExist: true, signal: context.signal });
    removal.add();
    return true;
  } catch (error) {
    if (!isObjectStoreError(error, "NotFound")) throw error;
    return false;
  }
}

/** The error for a URI with nothing to remove: it tells what is there instead. */
async function nothingRemoved(
  context: CommandContext,
  uri: string,
  others: number,
  recursive: boolean,
): Promise<CommandError> {
  const more = others === 0 ? "" : `, nor to remove for ${formatCount(others, "other name")}`;
  if (recursive) return new CommandError("NothingDone", `nothing is below ${uri}${more}`, uri);
  if (await holdsObjects(await context.openTree(uri), context.signal)) {
    const message = `${uri} is no object: there are objects below it, which --recursive removes`;
    return new CommandError("NothingDone", message + more, uri);
  }
  const glob = /[*?[]/.test(nameOf(uri)) ? " (names are taken as they are: no * or ? is expanded)" : "";
  const message = `no such object: ${uri}${glob}${more}; see what is there with sluice ls, or give --force`;
  return new CommandError("NothingDone", message, uri);
}
