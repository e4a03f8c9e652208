import { isUtf8 } from "node:buffer";
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { compareKeys } from "../key.js";
import { nameProblem } from "./local-key.js";
import { fileTypeProblem } from "./special-file.js";
import { isOwnFile } from "./temp-file.js";

/** What Node makes of bytes in a name that are no UTF-8. */
const REPLACEMENT = "\u{FFFD}";

/** A name in a folder, and what has it. */
export interface FolderEntry {
  /** As text; where the name is no UTF-8, with U+FFFD for what is none. */
  readonly name: string;
  readonly isFolder: boolean;
  /** A symbolic link: whether there is an object depends on what it leads to. */
  readonly isLink: boolean;
  /** Why neither this nor what is below it can be an object, such as `is a pipe`. */
  readonly problem?: string;
  /** The name's bytes, where they are no UTF-8. */
  readonly raw?: Uint8Array;
}

/**
 * All that is in a folder but Sluice's own temporary files, in the order of the keys below it: `a-` comes before `a/`.
 * `path` is where the folder lies, and `folder` what keys below it begin with. Rejects with Node's error.
 */
export async function readFolder(path: string, folder: string): Promise<FolderEntry[]> {
  const dirents = await readdir(path, { withFileTypes: true });
  // Names as bytes take Node longer, so that they are asked for only where text may have lost some.
  const entries = dirents.some(({ name }) => name.includes(REPLACEMENT))
    ? await readRawFolder(path, folder)
    : dirents.filter((dirent) => !isOwnFile(dirent)).map((dirent) => entryOf(dirent, folder));
  return withoutRepeats(entries.sort((first, second) => compareKeys(sortKey(first), sortKey(second))));
}

async function readRawFolder(path: string, folder: string): Promise<FolderEntry[]> {
  const dirents = await readdir(path, { withFileTypes: true, encoding: "buffer" });
  return dirents.flatMap((dirent): FolderEntry[] => {
    const raw: Uint8Array = dirent.name;
    const asText: Dirent = Object.assign(Object.create(dirent) as Dirent, { name: dirent.name.toString("utf8") });
    if (isOwnFile(asText)) return [];
    const entry = entryOf(asText, folder);
    return [isUtf8(raw) ? entry : { ...entry, raw, problem: "is no UTF-8" }];
  });
}

function entryOf(dirent: Dirent, folder: string): FolderEntry {
  const isFolder = dirent.isDirectory();
  const problem = fileTypeProblem(dirent) ?? nameProblem(folder, dirent.name, isFolder);
  const facts = { name: dirent.name, isFolder, isLink: dirent.isSymbolicLink() };
  return problem === undefined ? facts : { ...facts, problem };
}

function sortKey({ name, isFolder }: FolderEntry): string {
  return isFolder ? `${name}/` : name;
}

/** A name whose file is replaced while the folder is read may come twice. */
function withoutRepeats(sorted: FolderEntry[]): FolderEntry[] {
  return sorted.filter((entry, index) => {
    const before = sorted[index - 1];
    const isNew = before === undefined || sortKey(before) !== sortKey(entry);
    return isNew || before.raw !== undefined || entry.raw !== undefined;
  });
}
