import { isUtf8 } from "node:buffer";
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Manifest } from "@sluice/checkpoint";
import { compareKeys } from "@sluice/core";
import { escapeRawName, fromNodeError, RESERVED_PREFIX } from "@sluice/core/local";
import { CommandError } from "../../command-error.js";
import { formatName } from "../../format.js";
import { refuseDash, refuseUri } from "../../location.js";

/** A shard that a checkpoint is saved from. */
export interface ShardFile {
  readonly name: string;
  readonly path: string;
}

/** What torch.distributed.checkpoint reads its other files by: https://docs.pytorch.org/docs/stable/distributed.checkpoint.html */
const DCP_INDEX = ".metadata";

/** What to do with a folder that holds more than shards. Removal is never advised: the rest may be what gives the files a meaning. */
const ELSEWHERE =
  "give a folder that holds shards alone, one file a rank (sluice cp --recursive copies whole folders, as they are)";

/**
 * The files of a folder in the order of their names' bytes: ranks 0, 1, …. Whatever else is in the folder is refused, since
 * leaving it out could leave out a rank, and taking it could make it one.
 */
export async function listShardFiles(folder: string, workingFolder: string): Promise<ShardFile[]> {
  refuseDash(folder);
  refuseUri(folder, "fetch the files with sluice cp --recursive first");
  const absolute = resolve(workingFolder, folder);
  const entries = await readdir(absolute, { withFileTypes: true, encoding: "buffer" }).catch((error: unknown) => {
    throw Object.assign(fromNodeError(error), { uri: `file://${absolute}` });
  });
  for (const entry of entries) {
    const problem = problemOf(entry);
    if (problem !== undefined)
      throw new CommandError("Usage", `${formatName(join(folder, escapeRawName(entry.name)))} ${problem}`);
  }
  if (entries.length === 0) throw new CommandError("Usage", `${folder} has no files, so there are no ranks to save`);
  for (const entry of entries) if (entry.isSymbolicLink()) await checkLink(join(absolute, entry.name.toString("utf8")));
  const names = entries.map(({ name }) => name.toString("utf8")).sort(compareKeys);
  return names.map((name) => ({ name, path: join(absolute, name) }));
}

/** Refuses a link that leads to no file before any shard is written. */
async function checkLink(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw Object.assign(fromNodeError(error), { uri: `file://${path}` });
  });
  if (found.isDirectory()) throw new CommandError("Usage", `${path} is a link to a folder, and no shard; ${ELSEWHERE}`);
}

/** Why something in a folder is no shard. */
function problemOf(entry: Dirent<Buffer>): string | undefined {
  if (entry.isDirectory()) return `is a folder, and no shard; ${ELSEWHERE}`;
  if (!isUtf8(entry.name)) return "is no UTF-8; give the file a name that is";
  const name = entry.name.toString("utf8");
  if (name.startsWith(RESERVED_PREFIX)) {
    return "is a temporary file: its writer is at work or was killed; wait, or remove the file with sluice sweep";
  }
  if (name === DCP_INDEX) return `is the index of a torch.distributed.checkpoint folder, and no shard; ${ELSEWHERE}`;
  // A restore would not write it, and name all files by rank.
  if (!isFileName(name))
    return "has a control character or a \\ in its name, which restore does not write; give it another one";
  return name.startsWith(".") ? `is a hidden file, and no shard; ${ELSEWHERE}` : undefined;
}

/** What a checkpoint that was saved from files remembers. */
export function filesMeta(names: readonly string[]): object {
  return { files: names };
}

/** The file names that ranks are restored to: those they were saved from, where the manifest has such; else by rank. */
export function fileNames(manifest: Manifest): string[] {
  const { worldSize } = manifest;
  const digits = String(worldSize - 1).length;
  return (
    savedNames(manifest) ??
    Array.from({ length: worldSize }, (_, rank) => `rank-${String(rank).padStart(digits, "0")}.bin`)
  );
}

/** The file names that ranks were saved from, by rank; undefined where the manifest has none. */
export function savedNames({ userMeta, worldSize }: Manifest): string[] | undefined {
  const { files } = (typeof userMeta === "object" && userMeta !== null ? userMeta : {}) as { files?: unknown };
  if (
    Array.isArray(files) &&
    files.length === worldSize &&
    new Set(files).size === worldSize &&
    files.every(isFileName)
  ) {
    return files;
  }
  return undefined;
}

/** A manifest is input: what it calls a file must be one of the folder itself. */
function isFileName(name: unknown): name is string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return typeof name === "string" && /^[^/\\\u0000-\u001f]{1,255}$/.test(name) && name !== "." && name !== "..";
}
