import { lstat, realpath, stat } from "node:fs/promises";
import { CommandError } from "./command-error.js";
import { formatName } from "./format.js";
import { localPathOf } from "./location.js";

/** Refuses a link to a folder where all below a URI is to be removed: the objects would be others than the link's, and the link would stay. */
export async function refuseFolderLink(uri: string): Promise<void> {
  const path = localPathOf(uri)?.replace(/\/+$/, "");
  if (path === undefined || path === "" || !(await isFolderLink(path))) return;
  const folder = formatName(`${await realpath(path)}/`);
  const remedy = `remove the link itself without --recursive and without a final /, or name the folder: ${folder}`;
  throw new CommandError("Usage", `${formatName(uri)} is a link to a folder; ${remedy}`, uri);
}

/** False too where nothing can be seen, which the removal itself then tells. */
async function isFolderLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink() && (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
