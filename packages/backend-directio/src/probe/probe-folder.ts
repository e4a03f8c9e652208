import { type FileHandle, statfs } from "node:fs/promises";
import { nativeCode } from "@sluice/core/local";
import { readsFromDevice } from "./device-reads.js";
import { fileSystemName, memoryFileSystem } from "./file-systems.js";
import { findAlignment, MAX_ALIGNMENT_BYTES, takesAnything } from "./find-alignment.js";
import { openUnnamedFile } from "./unnamed-file.js";

/** Taken where a folder can't be written to and so can't be probed: the page of every machine that has O_DIRECT. */
const USUAL_ALIGNMENT_BYTES = 4096;

/** Why a folder that may well take direct I/O can't be probed. */
const CANNOT_WRITE = ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT"];

/**
 * What is known of the files in a folder. `proven`: direct I/O was tried. `assumed`: it could not be tried, for want of
 * rights or room; the system will say when it is used. `none`: there is no direct I/O, for the reason given.
 */
export type FolderFacts =
  | { readonly directIo: "proven" | "assumed"; readonly alignmentBytes: number }
  | { readonly directIo: "none"; readonly reason: string };

/**
 * Finds out by trying, on a file without a name, whether the files of an existing folder can go past the page cache.
 * `directFlag` is the system's O_DIRECT, which Node has on Linux alone.
 */
export async function probeFolder(folder: string, directFlag: number | undefined): Promise<FolderFacts> {
  if (directFlag === undefined) return none(`Node has no O_DIRECT on ${process.platform}`);
  const { type, bsize } = await statfs(folder);
  const memoryName = memoryFileSystem(type);
  if (memoryName !== undefined) return none(`${memoryName} keeps files in memory, there is no device to reach`);
  try {
    const handle = await openUnnamedFile(folder, directFlag);
    try {
      return await tryFile(handle, fileSystemName(type), bsize);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = nativeCode(error) ?? "";
    if (code === "EINVAL") return none(`${fileSystemName(type)} does not take O_DIRECT`);
    if (CANNOT_WRITE.includes(code)) {
      return { directIo: "assumed", alignmentBytes: withBlocks(USUAL_ALIGNMENT_BYTES, bsize) };
    }
    throw error;
  }
}

async function tryFile(handle: FileHandle, name: string, blockBytes: number): Promise<FolderFacts> {
  const alignment = await findAlignment(handle);
  if (alignment === undefined) return none(`${name} opens files with O_DIRECT, but takes no direct write`);
  if ((await takesAnything(handle)) && !readsFromDevice(handle.fd)) {
    return none(`${name} accepts O_DIRECT and takes no notice of it, as far as can be seen`);
  }
  return { directIo: "proven", alignmentBytes: withBlocks(alignment, blockBytes) };
}

/** Whole blocks of the file system: for parts of one it would wait for all other writes, and read the block first. */
function withBlocks(alignmentBytes: number, blockBytes: number): number {
  const isUsable = blockBytes <= MAX_ALIGNMENT_BYTES && Number.isInteger(Math.log2(blockBytes));
  return isUsable ? Math.max(alignmentBytes, blockBytes) : alignmentBytes;
}

function none(reason: string): FolderFacts {
  return { directIo: "none", reason };
}
