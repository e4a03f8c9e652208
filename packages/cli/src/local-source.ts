import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { fromNodeError } from "@sluice/core/local";
import { CommandError } from "./command-error.js";

/** Bytes of this machine's that are no object of a store. */
export interface LocalSource {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Absent for pipes and devices. */
  readonly size?: number;
}

const CHUNK_BYTES: number = 256 << 10;

/** A file, pipe or device by its path; symbolic links are followed. */
export async function openLocalSource(path: string, workingFolder: string): Promise<LocalSource> {
  const absolute = resolve(workingFolder, path);
  try {
    const handle = await open(absolute, "r");
    const stats = await handle.stat();
    if (stats.isDirectory()) {
      await handle.close();
      throw new CommandError("Usage", `${path} is a folder; copy it with sluice cp --recursive`);
    }
    const chunks = handle.createReadStream({ highWaterMark: CHUNK_BYTES });
    return stats.isFile() ? { chunks, size: stats.size } : { chunks };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const known = fromNodeError(error);
    Object.assign(known, { uri: `file://${absolute}` });
    throw known;
  }
}
