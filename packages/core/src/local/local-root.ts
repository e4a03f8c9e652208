import { lstat, mkdir, realpath, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { ObjectStoreError } from "../errors.js";
import { isMissing, nativeCode } from "./errors.js";

/** Where a key's file is to be made: the real folder, and the folders that had to be made for it, outermost first. */
export interface WritePlace {
  readonly folder: string;
  readonly path: string;
  readonly madeFolders: readonly string[];
}

/** A folder whose paths are followed through symbolic links, but never out of it. */
export class LocalRoot {
  /** As the caller named it, absolute. */
  readonly path: string;
  #realPath: string | undefined;
  #wasSeen = false;

  constructor(path: string) {
    this.path = resolve(path);
  }

  /**
   * Which folder the root is at present; undefined if there is none yet. Unavailable if there was one before: what was in it
   * is out of reach then, as when a file system is unmounted, and not deleted.
   */
  async identity(): Promise<string | undefined> {
    try {
      const { dev, ino } = await stat(this.path, { bigint: true });
      this.#wasSeen = true;
      return `${dev}:${ino}`;
    } catch (error) {
      if (!isMissing(error)) throw error;
      if (this.#wasSeen) throw new ObjectStoreError("Unavailable", `${this.path} was there before, and is not now`);
      const isLink = await lstat(this.path).then(
        (found) => found.isSymbolicLink(),
        () => false,
      );
      if (isLink) throw new ObjectStoreError("NotFound", `${this.path} is a link that leads nowhere`);
      return undefined;
    }
  }

  /** Whether there is something with this path; InvalidArgument if a symbolic link leads out of the root. */
  async holds(path: string): Promise<boolean> {
    try {
      await this.realFile(path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** The real path of an existing key's file; InvalidArgument if a symbolic link leads out of the root. */
  async realFile(key: string): Promise<string> {
    return this.#contained(await realpath(join(this.path, key)), key);
  }

  /** The real folder of an existing key and the file's path in it, which may itself be a link. */
  async realEntry(key: string): Promise<{ folder: string; path: string }> {
    const path = join(this.path, key);
    const folder = await this.#contained(await realpath(dirname(path)), key);
    return { folder, path: join(folder, basename(path)) };
  }

  /** Like {@link realEntry}, but makes the folders that are missing, the root among them. */
  async placeFor(key: string): Promise<WritePlace> {
    const path = join(this.path, key);
    const { folder, madeFolders } = await this.#makeFolder(dirname(path), key);
    this.#wasSeen = true;
    return { folder, path: join(folder, basename(path)), madeFolders };
  }

  /** Removes `folder` and those above it, up to the root, for as long as they are empty. */
  async pruneEmpty(folder: string): Promise<void> {
    const root = await this.#real();
    for (let current = folder; isBelow(root, current); current = dirname(current)) {
      try {
        await rmdir(current);
      } catch {
        return;
      }
    }
  }

  async #makeFolder(folder: string, key: string): Promise<{ folder: string; madeFolders: string[] }> {
    try {
      const real = await realpath(folder);
      if (isBelow(this.path, folder)) await this.#contained(real, key);
      return { folder: real, madeFolders: [] };
    } catch (error) {
      if (nativeCode(error) !== "ENOENT" || dirname(folder) === folder) throw error;
      const parent = await this.#makeFolder(dirname(folder), key);
      const made = join(parent.folder, basename(folder));
      const isNew = await makeOne(made);
      return { folder: made, madeFolders: isNew ? [...parent.madeFolders, made] : parent.madeFolders };
    }
  }

  async #contained(real: string, key: string): Promise<string> {
    const root = await this.#real();
    if (real === root || isBelow(root, real)) return real;
    throw new ObjectStoreError(
      "InvalidArgument",
      `key ${JSON.stringify(key)} leads out of ${this.path} through a symbolic link`,
    );
  }

  async #real(): Promise<string> {
    this.#realPath ??= await realpath(this.path);
    this.#wasSeen = true;
    return this.#realPath;
  }
}

/** Whether the folder was made; one that another writer made meanwhile will do. */
async function makeOne(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (nativeCode(error) === "EEXIST") return false;
    throw error;
  }
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`);
}
