import { link, open, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { ObjectStoreError } from "../errors.js";
import { withClaim } from "./claim.js";
import { nativeCode } from "./errors.js";
import { etagOf } from "./version.js";

/** `fsync`: what finalize, delete, copy and rename report survives a power cut. `none`: the system decides when it is on disk. */
export type Durability = "fsync" | "none";

export interface PublishCondition {
  readonly ifNotExists?: boolean;
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

/** Gives the file `source` the name `target` in one step, if the condition holds; `source` is gone afterwards. */
export async function publish(
  source: string,
  target: string,
  { ifNotExists, ifMatch, signal }: PublishCondition,
): Promise<void> {
  if (ifMatch !== undefined) {
    await withClaim(dirname(target), target, ifMatch, signal, async () => {
      await checkVersion(target, ifMatch);
      await replace(source, target);
    });
  } else if (ifNotExists === true) {
    await linkNew(source, target);
    await unlink(source);
  } else {
    await replace(source, target);
  }
}

/** PreconditionFailed unless the file is the version `etag`. */
export async function checkVersion(path: string, etag: string): Promise<void> {
  const current = await currentEtag(path);
  if (current === etag) return;
  const found = current === undefined ? "there is none" : `it is ${current}`;
  throw new ObjectStoreError("PreconditionFailed", `expected the version ${etag}, ${found}`);
}

/** Makes what happened in folders survive a power cut; one that is gone by now, with all that was in it, needs nothing. */
export async function syncFolders(folders: Iterable<string>): Promise<void> {
  // Windows has no such call for folders.
  if (process.platform === "win32") return;
  for (const folder of folders) {
    const handle = await open(folder, "r").catch((error: unknown) => {
      if (nativeCode(error) !== "ENOENT") throw error;
    });
    try {
      await handle?.sync();
    } finally {
      await handle?.close();
    }
  }
}

async function currentEtag(path: string): Promise<string | undefined> {
  try {
    return etagOf(await stat(path, { bigint: true }));
  } catch (error) {
    if (nativeCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function replace(source: string, target: string): Promise<void> {
  try {
    await rename(source, target);
  } catch (error) {
    if (nativeCode(error) !== "EISDIR") throw error;
    throw new ObjectStoreError("InvalidArgument", "there is a folder with this key's name", { cause: error });
  }
}

async function linkNew(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (nativeCode(error) !== "EEXIST") throw error;
    throw new ObjectStoreError("AlreadyExists", "there is an object with this key", { cause: error });
  }
}
