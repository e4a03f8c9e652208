import type { Command } from "commander";
import { CommandError } from "../command-error.js";
import { addCommonOptions, type CommonOptions } from "../common-options.js";
import type { CommandContext } from "../context.js";
import { formatName, formatSize } from "../format.js";
import { orBelow } from "../or-below.js";
import type { Outcome } from "../outcome.js";
import type { RunCommand } from "../program.js";

export function addStat(program: Command, run: RunCommand): void {
  const command = program
    .command("stat")
    .description("Tell what is known about an object.")
    .argument("<uri>", "object");
  addCommonOptions(command).action((uri: string, options: CommonOptions) =>
    run(options, (context) => stat(context, uri)),
  );
}

async function stat(context: CommandContext, source: string): Promise<Outcome> {
  const uri = await context.toSourceUri(source);
  if (await context.namesNoObject(uri))
    throw new CommandError("Usage", `${uri} names no object; list it with sluice ls`, uri);
  const { store, key } = await context.openObject(uri);
  const info = await orBelow(context, uri, store.head(key, { signal: context.signal }));
  const { size, lastModified, etag, checksum, storedChecksum, versionId, contentType, metadata } = info;
  const facts = {
    uri: info.uri,
    size: size < 1024 ? `${size} B` : `${size} B (${formatSize(size)})`,
    modified: lastModified.toISOString(),
    etag,
    checksum,
    "stored checksum": storedChecksum,
    version: versionId,
    "content type": contentType,
    ...Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [`metadata ${name}`, value])),
  };
  const lines = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [`${`${formatName(name)}:`.padEnd(10)} ${formatName(value)}`],
  );
  return { kind: "result", value: info, lines, isAnswer: true };
}
