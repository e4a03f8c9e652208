import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import type { SlabIo } from "./slab-io.js";

const TARGET_FLAGS: number = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;

/**
 * Copies a file: by sharing its blocks where the file system can, which moves no bytes; else through slabs, because the
 * system's own copy would go through the page cache.
 */
export async function copyThroughSlabs(
  io: SlabIo,
  source: string,
  target: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (await blocksShared(source, target)) return;
  const from = await io.open(source, constants.O_RDONLY);
  try {
    const to = await io.open(target, TARGET_FLAGS, 0o666);
    const writer = io.createWriter(to);
    try {
      const { size } = await from.stat();
      for await (const chunk of io.read(from, { start: 0, end: size }, { lendChunks: true, signal }))
        await writer.write(chunk);
      await writer.flush();
    } finally {
      await writer.settle();
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function blocksShared(source: string, target: string): Promise<boolean> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch {
    return false;
  }
}
