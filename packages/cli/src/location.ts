import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { CommandError } from "./command-error.js";

const URI = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;

/** Schemes without `//` behind them: more likely a typing error than a file's name. */
const LIKE_URI = /^(file|direct|s3|az|memory):/;

/** What was typed, as an object URI: a plain path means `file:`, verbatim: no percent-encoding, no glob. */
export function toUri(text: string, workingFolder: string): string {
  if (URI.test(text)) return text;
  if (text === "") throw new CommandError("Usage", "an empty text names no object");
  refuseDash(text);
  if (LIKE_URI.test(text)) {
    const [scheme] = text.split(":");
    throw new CommandError(
      "Usage",
      `${text}: an object URI has ${scheme}:// (and ./${text} means a file of that name)`,
    );
  }
  const path = resolve(workingFolder, text);
  const isFolder = text.endsWith("/") || text === "." || text === ".." || text.endsWith("/.") || text.endsWith("/..");
  return `file://${isFolder && path !== "/" ? `${path}/` : path}`;
}

/** Refuses `-` where it can mean no stream: whoever types it means one, and a file of that name would be taken in silence. */
export function refuseDash(text: string): void {
  if (text !== "-") return;
  throw new CommandError(
    "Usage",
    "- can't be standard input or output here: sluice put - URI writes standard input as an object, sluice cat URI writes an object to standard output (and ./- means a file of that name)",
  );
}

/** Refuses a URI where a path of this machine is meant; a file of such a name is written with `./` before it. */
export function refuseUri(text: string, remedy: string): void {
  if (URI.test(text)) throw new CommandError("Usage", `${text} is a URI, and a path is needed here; ${remedy}`);
}

/** As {@link toUri}, for an object to be read: a plain path that is a symbolic link names the file it leads to. */
export async function toSourceUri(text: string, workingFolder: string): Promise<string> {
  const uri = toUri(text, workingFolder);
  if (URI.test(text) || uri.endsWith("/")) return uri;
  const path = uri.slice("file://".length);
  return `file://${await realpath(path).catch(() => path)}`;
}

/** Whether what is written below one URI appears below another, also where links or two schemes lead to one folder. */
export async function liesBelow(uri: string, other: string): Promise<boolean> {
  return (await realUri(uri)).startsWith(await realUri(other));
}

/** The path that a URI of this machine's files names; undefined for other URIs. */
export function localPathOf(uri: string): string | undefined {
  return /^(?:file|direct):\/\/(\/.*)$/is.exec(uri)?.[1];
}

/** A folder's own path, whatever links and local schemes lead to it; other URIs as they are. */
async function realUri(uri: string): Promise<string> {
  const path = localPathOf(uri);
  return path === undefined ? uri : `file://${withEnd(await realFolder(path))}`;
}

/** The real path, where a folder that is to be made lies in one that is there. */
async function realFolder(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realFolder(parent), basename(path));
  }
}

function withEnd(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}

/** What follows the last `/`. */
export function nameOf(uri: string): string {
  return uri.slice(uri.lastIndexOf("/") + 1);
}

/** A URI that ends in `/` takes `name`; any other is complete. */
export function intoFolder(uri: string, name: string): string {
  return uri.endsWith("/") ? uri + name : uri;
}

/** The scheme, lower case. */
export function schemeOf(uri: string): string {
  return uri.slice(0, uri.indexOf(":")).toLowerCase();
}
