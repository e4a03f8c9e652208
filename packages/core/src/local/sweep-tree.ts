import { readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { throwIfAborted } from "../signal.js";
import type { StaleUpload } from "../store.js";
import { fromNodeError, nativeCode } from "./errors.js";
import type { LocalRoot } from "./local-root.js";
import { isOwnFile } from "./temp-file.js";

export interface SweepTreeOptions {
  readonly prefix: string;
  readonly olderThanMs: number;
  readonly dryRun: boolean;
  readonly signal?: AbortSignal;
}

/** Finds, and unless `dryRun` removes, temporary files and claims that have not been written to for long enough. */
export async function sweepTree(root: LocalRoot, options: SweepTreeOptions): Promise<StaleUpload[]> {
  try {
    const stale: StaleUpload[] = [];
    if ((await root.identity()) === undefined) return stale;
    await sweepFolder(root, join(root.path, options.prefix), options, stale);
    return stale;
  } catch (error) {
    throw fromNodeError(error);
  }
}

async function sweepFolder(
  root: LocalRoot,
  folder: string,
  options: SweepTreeOptions,
  stale: StaleUpload[],
): Promise<void> {
  throwIfAborted(options.signal, "sweepStaleUploads");
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (nativeCode(error) === "ENOENT") return [];
    throw error;
  });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await sweepFolder(root, path, options, stale);
    else if (isOwnFile(entry)) await sweepFile(path, options, stale);
  }
  if (!options.dryRun && stale.some(({ name }) => name.startsWith(folder))) await root.pruneEmpty(folder);
}

async function sweepFile(path: string, { olderThanMs, dryRun }: SweepTreeOptions, stale: StaleUpload[]): Promise<void> {
  const stats = await stat(path).catch((error: unknown) => {
    if (nativeCode(error) !== "ENOENT") throw error;
  });
  if (stats === undefined || Date.now() - stats.mtimeMs < olderThanMs) return;
  if (!dryRun) await unlink(path);
  stale.push({ name: path, bytes: stats.size, lastModified: stats.mtime });
}
