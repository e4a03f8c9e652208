import { rmdir } from "node:fs/promises";
import { nativeCode } from "./errors.js";
import type { LocalRoot, WritePlace } from "./local-root.js";
import { refuseSpecialTarget } from "./special-file.js";

/** How often a folder is made again that somebody else removes because it is empty. */
const FOLDER_ATTEMPTS = 10;

/**
 * Makes a key's folder where it is missing and does something in it; takes what was made away again if that fails. What
 * is no file is refused before.
 */
export async function withPlace<T>(root: LocalRoot, key: string, act: (place: WritePlace) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let place: WritePlace | undefined;
    try {
      place = await root.placeFor(key);
      await refuseSpecialTarget(place.path);
      return await act(place);
    } catch (error) {
      if (place !== undefined) await removeEmpty(place.madeFolders);
      if (nativeCode(error) !== "ENOENT" || attempt === FOLDER_ATTEMPTS) throw error;
    }
  }
}

/** Removes folders, given outermost first, up to the first that somebody else uses by now. */
export async function removeEmpty(folders: readonly string[]): Promise<void> {
  try {
    for (const folder of folders.toReversed()) await rmdir(folder);
  } catch {
    // It is in use, or gone already.
  }
}
