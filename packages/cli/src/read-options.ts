import { type ByteRange, codecOfKey, type GetOptions } from "@sluice/core";
import type { Command } from "commander";
import { optionParser } from "./common-options.js";
import { parseRange } from "./parse-range.js";

export interface ReadOptions {
  readonly decode?: true;
  readonly range?: ByteRange;
  readonly checksum?: string;
}

export function addReadOptions(command: Command): Command {
  return command
    .option("--decode", "decode .zst and .gz objects")
    .option(
      "--range <range>",
      "START:END (END exclusive), START:, :END, or -N: for the last N bytes",
      optionParser(parseRange),
    )
    .option("--checksum <crc32c>", "what the bytes must have, crc32c: and 8 hex digits");
}

export function getOptionsOf({ decode, range, checksum }: ReadOptions, signal: AbortSignal): GetOptions {
  return {
    decode: decode === true,
    signal,
    ...(range !== undefined && { range }),
    ...(checksum !== undefined && { verify: checksum }),
  };
}

/** The name that an object's content goes by: decoded, it is without its codec's extension. */
export function contentName(name: string, isDecoded: boolean): string {
  const codec = isDecoded ? codecOfKey(name) : undefined;
  if (codec === undefined) return name;
  const content = name.slice(0, name.lastIndexOf("."));
  // Of a name that is nothing but the extension, in whichever folder, nothing would be left.
  return content === "" || content.endsWith("/") ? name : content;
}
