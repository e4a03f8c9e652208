import { checkInteger, checkOptions } from "../options.js";
import type { StaleUpload, SweepOptions } from "../store.js";
import type { StoreContext } from "./context.js";

const DEFAULT_OLDER_THAN_MS = 24 * 60 * 60 * 1000;

export async function sweepStaleUploads(context: StoreContext, options: SweepOptions): Promise<StaleUpload[]> {
  checkOptions(options, ["olderThanMs", "dryRun", "signal"], "sweepStaleUploads");
  const { olderThanMs = DEFAULT_OLDER_THAN_MS, dryRun = false, signal } = options;
  checkInteger(olderThanMs, "olderThanMs", 0, Number.MAX_SAFE_INTEGER, "sweepStaleUploads");
  return context.driver.sweep({
    prefix: context.prefix,
    olderThanMs,
    dryRun,
    ...(signal !== undefined && { signal }),
  });
}
