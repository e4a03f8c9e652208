import { stat } from "node:fs/promises";
import { isObjectStoreError, type ListEntry, parseObjectUri } from "@sluice/core";
import type { Command } from "commander";
import { addCommonOptions, addKeepGoingOption, type CommonOptions, type KeepGoingOption } from "../common-options.js";
import type { CommandContext } from "../context.js";
import { EXIT } from "../exit-code.js";
import { formatName, formatSize } from "../format.js";
import type { ListingLine, Outcome } from "../outcome.js";
import type { RunCommand } from "../program.js";
import { ToldFailures } from "../told-failures.js";
import type { OnUnlistable, Tree } from "../tree.js";

/** Wide enough for a terabyte, and for `1023 MiB`. */
const SIZE_COLUMNS = 13;
const HUMAN_COLUMNS = 8;
const TIME_COLUMNS = 24;

interface LsOptions extends CommonOptions, KeepGoingOption {
  readonly recursive?: true;
  readonly long?: true;
  readonly human?: true;
}

export function addLs(program: Command, run: RunCommand): void {
  const command = program
    .command("ls")
    .description("List objects, in the order of their keys' bytes.")
    .argument("<uri>", "folder, prefix, bucket or object")
    .option("-r, --recursive", "all objects below, instead of one level")
    .option("-l, --long", "sizes in bytes, and times")
    .option("-h, --human", "sizes for people")
    .helpOption("--help", "display help for command");
  addKeepGoingOption(command);
  addCommonOptions(command).action((uri: string, options: LsOptions) =>
    run(options, (context) => ls(context, uri, options)),
  );
}

async function ls(context: CommandContext, source: string, options: LsOptions): Promise<Outcome> {
  const uri = context.toUri(source);
  const tree = await context.openTree(uri);
  const totals = { objects: 0, prefixes: 0, bytes: 0 };
  const unlistable = new ToldFailures(context, "not listed");
  const onUnlistable = options.keepGoing === true ? unlistable.unlistableIn(tree) : undefined;
  let exitCode: number = EXIT.good;
  let error = {};
  const entries = async function* (): AsyncGenerator<ListingLine, void, void> {
    for await (const entry of listing(context, tree, uri, { recursive: options.recursive === true, onUnlistable })) {
      if (entry.kind === "prefix") totals.prefixes++;
      else {
        totals.objects++;
        totals.bytes += entry.size;
      }
      yield { value: entry, line: lineOf(entry, options) };
    }
    if (unlistable.count > 0) exitCode = EXIT.notDone;
    if (totals.objects + totals.prefixes + unlistable.count > 0) return;
    // A bucket or folder that is there and empty is listed whole; of any other name nothing is known.
    const message = `nothing is below ${formatName(tree.uri)}`;
    if (!(await isEmptyPlace(uri))) {
      exitCode = EXIT.notDone;
      error = { error: { code: "NothingDone", message, uri: tree.uri } };
    }
    await context.complain(message);
  };
  return {
    kind: "listing",
    head: { uri: tree.uri },
    entries: entries(),
    totals: () => ({ ...totals, ...unlistable.value, ...error }),
    exitCode: () => exitCode,
  };
}

/** Whether a URI of which nothing is listed is a whole bucket, whose listing would have failed if there were none, or a folder of this machine. */
async function isEmptyPlace(uri: string): Promise<boolean> {
  const { scheme, path } = parseObjectUri(uri);
  if (scheme !== "file" && scheme !== "direct") return path === "";
  return (await stat(`/${path}`).catch(() => undefined))?.isDirectory() === true;
}

/** What is below a URI; where nothing is, the object itself. */
async function* listing(
  context: CommandContext,
  { store, prefix }: Tree,
  uri: string,
  { recursive, onUnlistable }: { readonly recursive: boolean; readonly onUnlistable: OnUnlistable | undefined },
): AsyncGenerator<ListEntry, void, void> {
  const { signal } = context;
  let isEmpty = true;
  const how = { ...(!recursive && { delimiter: "/" }), ...(onUnlistable !== undefined && { onUnlistable }) };
  for await (const entry of store.list({ prefix, signal, ...how })) {
    isEmpty = false;
    yield relativeTo(prefix, entry);
  }
  if (!isEmpty || uri.endsWith("/")) return;
  const object = await objectAt(context, uri);
  if (object !== undefined) yield object;
}

/** An entry as it is below the prefix; of the object whose key is the prefix itself the key is empty. */
function relativeTo(prefix: string, entry: ListEntry): ListEntry {
  if (entry.kind === "prefix") return { ...entry, prefix: entry.prefix.slice(prefix.length) };
  return { ...entry, key: entry.key.slice(prefix.length) };
}

async function objectAt(context: CommandContext, uri: string): Promise<ListEntry | undefined> {
  try {
    const { store, key } = await context.openObject(uri);
    return { kind: "object", ...(await store.head(key, { signal: context.signal })) };
  } catch (error) {
    // A bucket's URI names no object, and a folder's is none.
    if (isObjectStoreError(error, "NotFound") || isObjectStoreError(error, "InvalidArgument")) return undefined;
    throw error;
  }
}

function lineOf(entry: ListEntry, { long, human }: LsOptions): string {
  const name = formatName(entry.kind === "prefix" ? entry.prefix : entry.key) || '""';
  if (long !== true && human !== true) return name;
  const columns = human === true ? HUMAN_COLUMNS : SIZE_COLUMNS;
  const [size, time] =
    entry.kind === "prefix"
      ? ["", ""]
      : [human === true ? formatSize(entry.size) : String(entry.size), entry.lastModified.toISOString()];
  return `${size.padStart(columns)}  ${long === true ? `${time.padEnd(TIME_COLUMNS)}  ` : ""}${name}`;
}
