import type { WriteResult } from "@sluice/core";
import { formatDuration, formatName, formatRate, formatSize } from "./format.js";
import type { Outcome } from "./outcome.js";
import type { Progress } from "./progress.js";

/** What was written: with `source`, where from. */
export function describeWrite(result: WriteResult, progress: Progress, source?: string): Outcome {
  const { uri, size, storedSize, checksum, compression, ioMode } = result;
  const elapsedMs = Math.round(progress.elapsedMs);
  const stored = compression === "none" ? "" : `, stored as ${formatSize(storedSize)}`;
  const took = `${formatDuration(elapsedMs)}, ${formatRate(size, elapsedMs)}${ioMode === undefined ? "" : `, ${ioMode} I/O`}`;
  return {
    kind: "result",
    value: { ...(source !== undefined && { source }), ...result, elapsedMs },
    lines: [`${formatName(uri)}: ${formatSize(size)}${stored}, ${checksum}, ${took}`],
  };
}
