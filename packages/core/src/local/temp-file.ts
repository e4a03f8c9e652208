import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { nativeCode } from "./errors.js";
import { RESERVED_PREFIX } from "./local-key.js";
import type { LocalRoot, WritePlace } from "./local-root.js";

/** How often a folder that another process removes as empty is made again. */
const FOLDER_ATTEMPTS = 10;

export interface TempFile {
  readonly handle: FileHandle;
  readonly path: string;
  readonly place: WritePlace;
}

/** A name that nothing else has, and that is hidden from listings. */
export function tempName(): string {
  return `${RESERVED_PREFIX}tmp-${process.pid}-${randomBytes(8).toString("hex")}`;
}

/** Creates a temporary file in the folder of `key`'s file, so that one rename can publish it. */
export async function createTempFile(root: LocalRoot, key: string, extraFlags: number): Promise<TempFile> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | extraFlags;
  for (let attempt = 1; ; attempt++) {
    const place = await root.placeFor(key);
    const path = join(place.folder, tempName());
    try {
      return { handle: await open(path, flags, 0o666), path, place };
    } catch (error) {
      await root.pruneEmpty(place.folder).catch(() => undefined);
      if (nativeCode(error) !== "ENOENT" || attempt === FOLDER_ATTEMPTS) throw error;
    }
  }
}
