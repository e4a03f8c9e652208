import { isUtf8 } from "node:buffer";
import { readFile, readlink } from "node:fs/promises";
import { CommandError } from "./command-error.js";

/** What Node makes of bytes that are no UTF-8. */
const REPLACEMENT = "\u{FFFD}";

/**
 * Refuses arguments and a working folder that are no UTF-8: the texts that Node makes of them name other files. Where the
 * system does not tell the bytes (no `/proc`), nothing is refused.
 */
export async function refuseRawText(parameters: readonly string[], workingFolder: string): Promise<void> {
  if (parameters.some((parameter) => parameter.includes(REPLACEMENT))) {
    const words = splitAtNul(await readFile("/proc/self/cmdline").catch(() => Buffer.alloc(0)));
    const typed = parameters.length === 0 ? [] : words.slice(-parameters.length);
    const index = typed.findIndex((word) => !isUtf8(word));
    if (index !== -1) throw refusal(`the argument ${JSON.stringify(parameters[index])}`);
  }
  if (workingFolder.includes(REPLACEMENT)) {
    const bytes = await readlink("/proc/self/cwd", { encoding: "buffer" }).catch(() => Buffer.alloc(0));
    if (!isUtf8(bytes)) throw refusal(`the working folder ${JSON.stringify(workingFolder)}`);
  }
}

function refusal(what: string): CommandError {
  return new CommandError("Usage", `${what} is no UTF-8, and can't be a key: give the file or folder another name`);
}

/** The words of a text in which NUL ends each. */
function splitAtNul(text: Buffer): Buffer[] {
  const words: Buffer[] = [];
  for (let start = 0, end = text.indexOf(0); end !== -1; end = text.indexOf(0, start)) {
    words.push(text.subarray(start, end));
    start = end + 1;
  }
  return words;
}
