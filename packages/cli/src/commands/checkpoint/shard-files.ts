import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Manifest } from "@sluice/checkpoint";
import { compareKeys } from "@sluice/core";
import { fromNodeError } from "@sluice/core/local";
import { CommandError } from "../../command-error.js";

/** The files of a folder in the order of their names' bytes: ranks 0, 1, …. */
export async function listShardFiles(folder: string, workingFolder: string): Promise<{ name: string; path: string }[]> {
  const absolute = resolve(workingFolder, folder);
  const entries = await readdir(absolute, { withFileTypes: true }).catch((error: unknown) => {
    throw Object.assign(fromNodeError(error), { uri: `file://${absolute}` });
  });
  const folders = entries.filter((entry) => entry.isDirectory());
  if (folders[0] !== undefined) {
    throw new CommandError(
      "Usage",
      `${join(folder, folders[0].name)} is a folder; a checkpoint is saved from files, one a rank`,
    );
  }
  if (entries.length === 0) throw new CommandError("Usage", `${folder} has no files, so there are no ranks to save`);
  const names = entries.map(({ name }) => name).sort(compareKeys);
  return names.map((name) => ({ name, path: join(absolute, name) }));
}

/** What a checkpoint that was saved from files remembers. */
export function filesMeta(names: readonly string[]): object {
  return { files: names };
}

/** The file names that ranks are restored to: those they were saved from, where the manifest has such; else by rank. */
export function fileNames({ userMeta, worldSize }: Manifest): string[] {
  const { files } = (typeof userMeta === "object" && userMeta !== null ? userMeta : {}) as { files?: unknown };
  if (
    Array.isArray(files) &&
    files.length === worldSize &&
    new Set(files).size === worldSize &&
    files.every(isFileName)
  ) {
    return files;
  }
  const digits = String(worldSize - 1).length;
  return Array.from({ length: worldSize }, (_, rank) => `rank-${String(rank).padStart(digits, "0")}.bin`);
}

/** A manifest is input: what it calls a file must be one of the folder itself. */
function isFileName(name: unknown): name is string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return typeof name === "string" && /^[^/\\\u0000-\u001f]{1,255}$/.test(name) && name !== "." && name !== "..";
}
