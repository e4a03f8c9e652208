import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { nativeCode, RESERVED_PREFIX } from "@sluice/core/local";

/** O_TMPFILE of Linux (fcntl.h), the same on x86 and arm; Node does not name it. */
const O_TMPFILE: number = 0o20000000 | constants.O_DIRECTORY;

/** What file systems and kernels say that have no files without a name. */
const NO_UNNAMED_FILES = ["EOPNOTSUPP", "ENOTSUP", "EISDIR", "ENOENT"];

/**
 * Opens a new file in `folder` that has no name and vanishes when it is closed. Where the file system has no such files, it
 * is a hidden one whose name is removed at once.
 */
export async function openUnnamedFile(folder: string, flags: number): Promise<FileHandle> {
  try {
    return await open(folder, constants.O_RDWR | O_TMPFILE | flags, 0o600);
  } catch (error) {
    if (!NO_UNNAMED_FILES.includes(nativeCode(error) ?? "")) throw error;
  }
  const path = join(folder, `${RESERVED_PREFIX}probe-${process.pid}-${randomBytes(8).toString("hex")}`);
  try {
    return await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | flags, 0o600);
  } finally {
    // Some kernels make the file before they refuse the flags.
    await unlink(path).catch(() => undefined);
  }
}
