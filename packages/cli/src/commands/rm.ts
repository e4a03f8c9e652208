import { isObjectStoreError } from "@sluice/core";
import type { Command } from "commander";
import { CommandError } from "../command-error.js";
import { addCommonOptions, addKeepGoingOption, type CommonOptions, type KeepGoingOption } from "../common-options.js";
import type { CommandContext } from "../context.js";
import { EXIT } from "../exit-code.js";
import { refuseFolderLink } from "../folder-link.js";
import { formatCount, formatName } from "../format.js";
import { nameOf } from "../location.js";
import type { Outcome } from "../outcome.js";
import type { RunCommand } from "../program.js";
import { Removal, removeTree } from "../remove-tree.js";
import { ToldFailures } from "../told-failures.js";
import { holdsObjects } from "../tree.js";

interface RmOptions extends CommonOptions, KeepGoingOption {
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
  addKeepGoingOption(command);
  addCommonOptions(command).action((uris: string[], options: RmOptions) =>
    run(options, (context) => rm(context, uris, options)),
  );
}

async function rm(context: CommandContext, sources: readonly string[], options: RmOptions): Promise<Outcome> {
  const recursive = options.recursive === true;
  const uris = sources.map((source) => context.toUri(source));
  if (recursive) for (const uri of uris) await refuseFolderLink(uri);
  else await refuseFolders(context, uris);
  const removal = new Removal(context.startProgress("rm"));
  const failures = new ToldFailures(context, "not removed");
  const run: RmRun = { context, recursive, removal, ...(options.keepGoing === true && { failures }) };
  const missing: string[] = [];
  let namesakes: readonly string[] = [];
  try {
    for (const uri of uris) if (!(await removeOrTell(run, uri))) missing.push(uri);
    await refuseMissing(run, missing, options.force === true);
    if (recursive) namesakes = await namesakesOf(context, uris, missing);
  } catch (error) {
    throw removal.failure(error);
  }
  const { removed } = removal;
  for (const uri of namesakes)
    await context.complain(`${formatName(uri)} is an object itself, and stays; sluice rm removes it`);
  const left = failures.count === 0 ? "" : `, ${formatCount(failures.count, "name")} not removed`;
  return {
    kind: "result",
    exitCode: failures.count === 0 ? EXIT.good : EXIT.notDone,
    value: { uris, removed, ...(namesakes.length > 0 && { namesakes }), ...failures.value },
    lines: [`removed ${formatCount(removed, "object")}${left}`],
  };
}

/** The objects that have the very name of what was emptied: they lie beside it, not below. */
async function namesakesOf(
  context: CommandContext,
  uris: readonly string[],
  missing: readonly string[],
): Promise<string[]> {
  const namesakes: string[] = [];
  for (const uri of uris) {
    if (missing.includes(uri) || uri.endsWith("/") || (await context.namesNoObject(uri))) continue;
    const { store, key } = await context.openObject(uri);
    if (await store.exists(key, { signal: context.signal })) namesakes.push(uri);
  }
  return namesakes;
}

interface RmRun {
  readonly context: CommandContext;
  readonly recursive: boolean;
  readonly removal: Removal;
  /** Told of what fails, where that does not end the run. */
  readonly failures?: ToldFailures;
}

async function refuseFolders(context: CommandContext, uris: readonly string[]): Promise<void> {
  for (const uri of uris) {
    if (!(await context.namesNoObject(uri))) continue;
    throw new CommandError("Usage", `${uri} names no object; remove all below it with --recursive`, uri);
  }
}

/** Whether there was anything to remove, or a failure to tell. */
async function removeOrTell(run: RmRun, uri: string): Promise<boolean> {
  const { context, removal, failures } = run;
  const { removed } = removal;
  const told = failures?.count;
  try {
    if (run.recursive) await removeTree(await context.openTree(uri), removal, context.signal, failures);
    return removal.removed > removed || failures?.count !== told || (await removeOne(context, uri, removal));
  } catch (error) {
    if (failures === undefined || context.signal.aborted) throw error;
    await failures.tell(uri, error);
    return true;
  }
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

/** Fails if there was nothing to remove for a name, and tells what is there instead. `force` excuses what is not there at all. */
async function refuseMissing({ context, recursive }: RmRun, missing: readonly string[], force: boolean): Promise<void> {
  for (const uri of missing) {
    if (recursive || !(await holdsObjects(await context.openTree(uri), context.signal))) continue;
    const message = `${uri} is no object: there are objects below it, which --recursive removes`;
    throw new CommandError("NothingDone", message, uri);
  }
  const [uri, ...others] = missing;
  if (uri === undefined || force) return;
  const more = others.length === 0 ? "" : `, nor to remove for ${formatCount(others.length, "other name")}`;
  if (recursive) throw new CommandError("NothingDone", `nothing is below ${uri}${more}`, uri);
  const glob = /[*?[]/.test(nameOf(uri)) ? " (names are taken as they are: no * or ? is expanded)" : "";
  const message = `no such object: ${uri}${glob}${more}; see what is there with sluice ls, or give --force`;
  throw new CommandError("NothingDone", message, uri);
}
