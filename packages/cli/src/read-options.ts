import { type ByteRange, codecOfKey, type GetOptions } from "@sluice/core";
import { type Command, Option } from "commander";
import { optionParser } from "./common-options.js";
import { parseRange } from "./parse-range.js";

/** Whether what is read is compared with what its store keeps of it. */
export interface VerifyFlag {
  readonly verify: boolean;
}

export interface ReadOptions extends VerifyFlag {
  readonly decode?: true;
  readonly range?: ByteRange;
  readonly checksum?: string;
}

export function addReadOptions(command: Command): Command {
  return addVerifyFlag(command)
    .option("--decode", "decode .zst and .gz objects")
    .option(
      "--range <range>",
      "START:END (END exclusive), START:, :END, or -N: for the last N bytes",
      optionParser(parseRange),
    )
    .option("--checksum <checksum>", "what the bytes must have, such as crc32c: and 8 hex digits, or sha256: and 64");
}

export function addVerifyFlag(command: Command): Command {
  const flag = new Option("--no-verify", "do not compare what is read with the checksums that are kept of it");
  return command.addOption(flag.conflicts("checksum"));
}

export function getOptionsOf({ decode, range, checksum, verify }: ReadOptions, signal: AbortSignal): GetOptions {
  return {
    decode: decode === true,
    signal,
    ...(range !== undefined && { range }),
    ...(checksum !== undefined ? { verify: checksum } : verifyOption(verify)),
  };
}

export function verifyOption(isVerified: boolean): Pick<GetOptions, "verify"> {
  return isVerified ? {} : { verify: "none" };
}

/** The name that an object's content goes by: decoded, it is without its codec's extension. */
export function contentName(name: string, isDecoded: boolean): string {
  const codec = isDecoded ? codecOfKey(name) : undefined;
  if (codec === undefined) return name;
  const content = name.slice(0, name.lastIndexOf("."));
  // Of a name that is nothing but the extension, in whichever folder, nothing would be left.
  return content === "" || content.endsWith("/") ? name : content;
}
