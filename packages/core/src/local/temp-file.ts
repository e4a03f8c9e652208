import { randomBytes } from "node:crypto";
import { constants, type Dirent } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { FileIo, FileIoChooser } from "./file-io.js";
import { RESERVED_PREFIX } from "./local-key.js";
import type { LocalRoot, WritePlace } from "./local-root.js";
import { withPlace } from "./with-place.js";

/** What names of temporary files, claims and probes of folders begin with. Another name with the prefix is not Sluice's. */
const OWN_NAME = /^\.sluice-(?:tmp|claim|probe)-/;

export interface TempFile {
  readonly handle: FileHandle;
  readonly io: FileIo;
  readonly path: string;
  readonly place: WritePlace;
}

/** A name that nothing else has, and that is hidden from listings. */
export function tempName(): string {
  return `${RESERVED_PREFIX}tmp-${process.pid}-${randomBytes(8).toString("hex")}`;
}

/** Whether something is a file that Sluice makes on the way: hidden from listings, and swept once it is old enough. */
export function isOwnFile(found: Dirent): boolean {
  return found.name.startsWith(RESERVED_PREFIX) && found.isFile() && OWN_NAME.test(found.name);
}

/** Creates a temporary file in the folder of `key`'s file, so that one rename can publish it. */
export async function createTempFile(root: LocalRoot, key: string, chooseIo: FileIoChooser): Promise<TempFile> {
  return withPlace(root, key, async (place) => {
    const path = join(place.folder, tempName());
    const io = await chooseIo(place.folder);
    const handle = await io.open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o666);
    return { handle, io, path, place };
  });
}
