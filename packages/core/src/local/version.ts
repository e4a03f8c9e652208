import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { DriverObject } from "../driver.js";

let lastMicroseconds = 0;

/**
 * Gives a file a modification time that this process gives no other file. Kernel time moves in steps of milliseconds, and
 * inode numbers are reused: without this, a version could get the etag of one before it.
 */
export async function stampVersion(handle: FileHandle): Promise<void> {
  const now = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  lastMicroseconds = Math.max(now, lastMicroseconds + 1);
  await handle.utimes(lastMicroseconds / 1e6, lastMicroseconds / 1e6);
}

/** A file's version: inode, size and modification time in nanoseconds. */
export function etagOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `"${ino.toString(16)}-${size.toString(16)}-${mtimeNs.toString(16)}"`;
}

export function describeFile(key: string, stats: BigIntStats): DriverObject {
  return { key, size: Number(stats.size), etag: etagOf(stats), lastModified: new Date(Number(stats.mtimeMs)) };
}
