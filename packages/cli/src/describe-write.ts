import type { VerifiedBy, WriteResult } from "@sluice/core";
import { formatDuration, formatName, formatRate, formatSize } from "./format.js";
import type { Outcome } from "./outcome.js";
import type { Progress } from "./progress.js";

/** Where bytes came from, and by what they were verified as they were read. */
export interface ReadSource {
  readonly uri: string;
  readonly verifiedBy: VerifiedBy;
}

/** What was written. With `source`, `verifiedBy` is of the reading, and `writeVerifiedBy` of the writing. */
export function describeWrite(result: WriteResult, progress: Progress, source?: ReadSource): Outcome {
  const { uri, size, storedSize, checksum, compression, ioMode } = result;
  const elapsedMs = Math.round(progress.elapsedMs);
  const stored = compression === "none" ? "" : `, stored as ${formatSize(storedSize)}`;
  const verified = source === undefined ? "" : `, ${describeVerified(source.verifiedBy)}`;
  const took = `${formatDuration(elapsedMs)}, ${formatRate(size, elapsedMs)}${ioMode === undefined ? "" : `, ${ioMode} I/O`}`;
  const both = source && { verifiedBy: source.verifiedBy, writeVerifiedBy: result.verifiedBy };
  return {
    kind: "result",
    value: { ...(source !== undefined && { source: source.uri }), ...result, ...both, elapsedMs },
    lines: [`${formatName(uri)}: ${formatSize(size)}${stored}, ${checksum}${verified}, ${took}`],
  };
}

/** By what something that was read was verified. */
export function describeVerified(verifiedBy: VerifiedBy | "manifest"): string {
  if (verifiedBy === "none") return "not verified";
  if (verifiedBy === "given") return "verified by the checksum given";
  if (verifiedBy === "frames" || verifiedBy === "manifest") return `verified by its ${verifiedBy}`;
  return `verified by ${verifiedBy}`;
}

/** How many of many were verified by what, the most first. */
export function describeCounts(counts: { readonly [Name in VerifiedBy | "manifest"]?: number }): string {
  const entries = Object.entries(counts) as [VerifiedBy | "manifest", number][];
  entries.sort(([, first], [, second]) => second - first);
  return entries.map(([by, count]) => `${count} ${describeVerified(by)}`).join(", ");
}
