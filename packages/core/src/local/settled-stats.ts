import type { BigIntStats } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { ObjectStoreError } from "../errors.js";
import { throwIfAborted } from "../signal.js";

/** How long a kernel's clock for files may stand still, with room: 10 ms at 100 ticks a second. */
const TICK_MS = 20;

/** The same where a file system keeps whole seconds, as FAT does with two of them. */
const COARSE_TICK_MS = 2000;

const NS_PER_SECOND = 1_000_000_000n;

/** How often a file that is written to all the time is looked at. */
const MAX_LOOKS = 5;

/**
 * The facts about an open file, from which each later write to it differs. A write right after another one may leave the
 * file's times as they are, so that a file which was written to just now is waited for: up to a tick of the clock.
 * PreconditionFailed if the file is written to all the time. Writes through a mapping of the file are not seen until the
 * kernel notes them.
 */
export async function settledStats(
  look: () => Promise<BigIntStats>,
  signal: AbortSignal | undefined,
): Promise<BigIntStats> {
  let stats = await look();
  for (let looks = 1; looks <= MAX_LOOKS; looks++) {
    const waitMs = unsettledMs(stats);
    if (waitMs <= 0) return stats;
    await delay(waitMs, undefined, signal && { signal }).catch(() => throwIfAborted(signal, "get"));
    const before = stats;
    stats = await look();
    if (stats.mtimeNs === before.mtimeNs && stats.size === before.size) return stats;
  }
  throw changedFile();
}

/** The error for a source whose bytes may be of several versions. */
export function changedFile(): ObjectStoreError {
  return new ObjectStoreError("PreconditionFailed", "the file was changed while it was read");
}

/** How long a write could still go without a trace. A file whose times differ was not written to last, but named or stamped. */
function unsettledMs({ mtimeNs, ctimeNs, mtimeMs }: BigIntStats): number {
  if (mtimeNs !== ctimeNs) return 0;
  const tickMs = mtimeNs % NS_PER_SECOND === 0n ? COARSE_TICK_MS : TICK_MS;
  return Math.min(Number(mtimeMs) + tickMs + 1 - Date.now(), tickMs);
}
