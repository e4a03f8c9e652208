import { availableParallelism } from "node:os";
import { CommandError } from "../command-error.js";
import { wholeNumber } from "../parse-number.js";

const MAX_WORKERS = 64;

/** Below this, starting a thread takes longer than it saves. */
const WORTH_A_THREAD_BYTES = 128 << 20;

export type Workers = number | "auto";

export function parseWorkers(text: string): Workers {
  return text === "auto" ? "auto" : wholeNumber(1, MAX_WORKERS)(text);
}

/** How many threads make a dataset of so many bytes at `uri`; 1 means this one alone. */
export function chooseWorkers(asked: Workers, bytes: number, uri: string): number {
  const isShared = !uri.startsWith("memory:");
  if (asked !== "auto") {
    if (asked > 1 && !isShared) throw new CommandError("Usage", "memory: can't be shared by --workers", uri);
    return asked;
  }
  return isShared ? Math.max(1, Math.min(availableParallelism(), Math.floor(bytes / WORTH_A_THREAD_BYTES))) : 1;
}
