import type { Command } from "commander";
import { addCommonOptions, addDurabilityOption, type CommonOptions, type StoreOptions } from "../common-options.js";
import type { CommandContext } from "../context.js";
import { describeWrite } from "../describe-write.js";
import { intoFolder, nameOf } from "../location.js";
import { orBelow } from "../or-below.js";
import type { Outcome } from "../outcome.js";
import type { RunCommand } from "../program.js";
import { addReadOptions, contentName, getOptionsOf, type ReadOptions } from "../read-options.js";
import { intoSpecialFile, specialFileOf } from "../special-file.js";
import { transfer } from "../transfer.js";
import { writeOut } from "../write-out.js";

interface GetCommandOptions extends CommonOptions, ReadOptions, StoreOptions {
  readonly ifNotExists?: true;
}

export function addGet(program: Command, run: RunCommand): void {
  const command = program
    .command("get")
    .description("Read an object into a file, which appears whole or not at all.")
    .argument("<uri>", "object")
    .argument("<file>", "file; one that ends in / takes the object's name; - is standard output")
    .option("--if-not-exists", "refuse to replace a file");
  addReadOptions(command);
  addDurabilityOption(command);
  addCommonOptions(command).action((uri: string, file: string, options: GetCommandOptions) =>
    run(options, (context) => get(context, uri, file, options)),
  );
}

async function get(
  context: CommandContext,
  source: string,
  file: string,
  options: GetCommandOptions,
): Promise<Outcome> {
  if (file === "-") return writeOut(context, source, options);
  const { signal } = context;
  const from = await context.openObject(await context.toSourceUri(source));
  const name = contentName(nameOf(context.toUri(source)), options.decode === true);
  const target = intoFolder(context.toUri(file), name);
  const special = await specialFileOf(target);
  const to = special === undefined ? await context.openObject(target, options) : undefined;
  const object = await orBelow(
    context,
    from.store.uriOf(from.key),
    from.store.get(from.key, { ...getOptionsOf(options, signal), lendChunks: to !== undefined }),
  );
  const { range, info } = object;
  const bytes = range === undefined ? undefined : range.end - range.start;
  const progress = context.startProgress("get", bytes === undefined ? {} : { bytes });
  if (to === undefined) return intoSpecialFile(object, { path: special as string, progress, signal });
  const result = await transfer({
    ...{ store: to.store, key: to.key, progress, signal, source: object },
    writer: { ...(bytes !== undefined && { size: bytes }), ...(options.ifNotExists === true && { ifNotExists: true }) },
  });
  return describeWrite(result, progress, { uri: info.uri, verifiedBy: object.verifiedBy ?? "none" });
}
