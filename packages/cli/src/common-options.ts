import type { CompressionOptions, WriterOptions } from "@sluice/core";
import { type Command, InvalidArgumentError, Option } from "commander";
import { addBackendOption, type BackendOptions } from "./backend-options.js";
import { CommandError } from "./command-error.js";
import { MAX_CONCURRENCY } from "./concurrent.js";
import { wholeNumber } from "./parse-number.js";

/** What every command takes. */
export interface CommonOptions {
  readonly json?: true;
  readonly quiet?: true;
  readonly directMode?: "required" | "preferred";
  readonly backendOption?: BackendOptions;
  readonly endpoint?: string;
  readonly region?: string;
}

export interface StoreOptions {
  readonly durability?: "fsync" | "none";
}

export interface KeepGoingOption {
  readonly keepGoing?: true;
}

export interface CompressionFlags {
  /** A level, or `true` for the codec's own. */
  readonly zstd?: number | true;
  readonly gzip?: number | true;
}

export interface PublishOptions extends StoreOptions {
  readonly ifNotExists?: true;
  readonly readback?: true;
}

/** Objects that a command of many works on at once, unless told otherwise. */
export const DEFAULT_CONCURRENCY = 4;

/** A parser of the command's as Commander wants it: what it refuses is shown together with the option's name. */
export function optionParser<T>(parse: (text: string, previous?: T) => T): (text: string, previous?: T) => T {
  return (text, previous) => {
    try {
      return parse(text, previous);
    } catch (error) {
      throw error instanceof CommandError ? new InvalidArgumentError(error.message) : error;
    }
  };
}

export function addCommonOptions(command: Command): Command {
  return command
    .option("--json", "write one JSON document to stdout, errors too")
    .option("-q, --quiet", "no progress and no report of what was done")
    .option("--endpoint <url>", "of s3: URIs, the server to speak to (default: AWS_ENDPOINT_URL, or Amazon's)")
    .option("--region <name>", "of s3: URIs (default: AWS_REGION, or the profile's)")
    .option(
      "-o, --backend-option <scheme.name=value>",
      "an option of a scheme's backend, such as s3.partBytes=67108864; may be given again",
      optionParser(addBackendOption),
    )
    .addOption(
      new Option(
        "--direct-mode <mode>",
        "of direct: URIs, where there is no direct I/O: required refuses, preferred goes through the page cache (default: required)",
      ).choices(["required", "preferred"]),
    );
}

export function addConcurrencyOption(command: Command): Command {
  return command.option(
    "--concurrency <n>",
    `objects at once (default: ${DEFAULT_CONCURRENCY})`,
    optionParser(wholeNumber(1, MAX_CONCURRENCY)),
  );
}

export function addKeepGoingOption(command: Command): Command {
  return command.option("--keep-going", "tell what can't be done, such as names that can't be keys, and do the rest");
}

export function addCompressionOptions(command: Command): Command {
  const hint = "; write --zstd=3, or give it after the other arguments";
  return command
    .addOption(
      new Option("--zstd [level]", "compress with zstd, level 1 to 22 (default: 3); the key gains .zst")
        .argParser(optionParser(wholeNumber(1, 22, hint)))
        .conflicts("gzip"),
    )
    .addOption(
      new Option("--gzip [level]", "compress with gzip, level 1 to 9 (default: 6); the key gains .gz").argParser(
        optionParser(wholeNumber(1, 9, hint.replace("--zstd=3", "--gzip=6"))),
      ),
    );
}

export function addPublishOptions(command: Command): Command {
  addDurabilityOption(command);
  return command
    .option("--if-not-exists", "refuse to replace an object")
    .option("--readback", "read the stored bytes back and compare them");
}

export function addDurabilityOption(command: Command): Command {
  return command.addOption(
    new Option(
      "--durability <how>",
      "of file: and direct: targets: fsync survives a power cut (default: fsync)",
    ).choices(["fsync", "none"]),
  );
}

export function compressionOf({ zstd, gzip }: CompressionFlags): CompressionOptions | "none" {
  if (zstd !== undefined) return zstd === true ? { codec: "zstd" } : { codec: "zstd", level: zstd };
  if (gzip !== undefined) return gzip === true ? { codec: "gzip" } : { codec: "gzip", level: gzip };
  return "none";
}

export function writerOptionsOf(options: CompressionFlags & PublishOptions): WriterOptions {
  return {
    compression: compressionOf(options),
    ...(options.ifNotExists === true && { ifNotExists: true }),
    ...(options.readback === true && { readback: true }),
  };
}
