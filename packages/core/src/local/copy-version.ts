import { constants } from "node:fs";
import { open, stat, unlink } from "node:fs/promises";
import { ObjectStoreError } from "../errors.js";
import { throwIfAborted } from "../signal.js";
import type { FileIo } from "./file-io.js";
import { checkLastByte, wrongSize } from "./read-file.js";
import { changedFile, settledStats } from "./settled-stats.js";
import { etagOf } from "./version.js";

/** How often a file is copied that other writers replace each time. */
const COPY_ATTEMPTS = 10;

/**
 * Makes the new file `target` hold one version of `source`, whole; PreconditionFailed if `source` was changed in place
 * meanwhile. `source` is a real path. The caller removes the target after a failure.
 */
export async function copyVersion(
  io: FileIo,
  source: string,
  target: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let attempt = 1; attempt <= COPY_ATTEMPTS; attempt++) {
    throwIfAborted(signal, "copy");
    if (await copyOnce(io, source, target, signal)) return;
    await unlink(target);
  }
  throw new ObjectStoreError("Unavailable", `${source} was replaced each of ${COPY_ATTEMPTS} times that it was copied`);
}

/** Whether the source was not replaced meanwhile, so that the target is a copy of the version that was looked at. */
async function copyOnce(io: FileIo, source: string, target: string, signal: AbortSignal | undefined): Promise<boolean> {
  const handle = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const look = () => handle.stat({ bigint: true });
    const before = await settledStats(look, signal);
    // The system's copy of a file that ends before its size would never end.
    await checkLastByte(handle, io, Number(before.size));
    await io.copyFile(source, target, signal);
    if (etagOf(await look()) !== etagOf(before)) throw changedFile();
    const { dev, ino } = await stat(source, { bigint: true });
    if (dev !== before.dev || ino !== before.ino) return false;
    const { size } = await stat(target, { bigint: true });
    if (size !== before.size) throw wrongSize(Number(before.size), Number(size));
    return true;
  } finally {
    await handle.close();
  }
}
