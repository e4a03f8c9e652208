import type { ByteRange } from "@sluice/core";
import { CommandError } from "./command-error.js";
import { parseSize } from "./parse-size.js";

/**
 * A range as slices are written: `START:END` (END is not part of it), `START:` to the end, `:END` from the beginning, `-N:`
 * the last N bytes. Numbers are sizes, such as `1MiB:2MiB`.
 */
export function parseRange(text: string): ByteRange {
  const [start = "", end, ...more] = text.split(":");
  if (end === undefined || more.length > 0 || (start === "" && end === "")) throw refusal(text);
  if (start.startsWith("-")) {
    if (end !== "") throw refusal(text);
    return { suffix: parseSize(start.slice(1)) };
  }
  const startBytes = start === "" ? 0 : parseSize(start);
  if (end === "") return { start: startBytes };
  const endBytes = parseSize(end);
  if (endBytes < startBytes) throw new CommandError("Usage", `the range ${JSON.stringify(text)} ends before it starts`);
  return { start: startBytes, end: endBytes };
}

function refusal(text: string): CommandError {
  return new CommandError(
    "Usage",
    `${JSON.stringify(text)} is no range: write START:END (END exclusive), START:, :END, or -N: for the last N bytes`,
  );
}
