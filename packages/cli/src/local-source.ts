import { type BigIntStats, fstat } from "node:fs";
import { open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { settledStats } from "@sluice/core/local";
import { descriptorOf, refuseClosedInput } from "./closed-input.js";
import { CommandError } from "./command-error.js";
import { checkUnchanged } from "./file-change.js";
import { FileSource, NON_BLOCKING_READ } from "./file-source.js";
import { openPipe } from "./open-pipe.js";
import { ofFile } from "./source-error.js";

/** Bytes of this machine's that are no object of a store. */
export interface LocalSource {
  /** To be iterated once, or cancelled. Ends with PreconditionFailed if a file was changed while it was read. */
  readonly chunks: AsyncIterable<Uint8Array> & { cancel?(): Promise<void> };
  /** Absent where it is not certain: for pipes, devices, and large files that report less than they have. */
  readonly size?: number;
}

/** A file, pipe or device by its path; symbolic links are followed. A pipe is waited for until it has had a writer. */
export async function openLocalSource(path: string, workingFolder: string, signal: AbortSignal): Promise<LocalSource> {
  const absolute = resolve(workingFolder, path);
  const descriptor = descriptorOf(absolute);
  if (descriptor !== undefined) await refuseClosedInput(descriptor);
  try {
    const found = await stat(absolute);
    if (found.isDirectory()) {
      throw new CommandError("Usage", `${path} is a folder; copy it with sluice cp --recursive`);
    }
    if (found.isFIFO()) return { chunks: await openPipe(absolute, signal) };
    const source = new FileSource(await open(absolute, NON_BLOCKING_READ), absolute, signal);
    const size = await source.prepare();
    return { chunks: source, ...(size !== undefined && { size }) };
  } catch (error) {
    throw ofFile(error, absolute);
  }
}

/** Standard input, unless it is closed; a file that stands there is one of which the bytes have to be of one version too. */
export async function openStandardInput(stdin: Readable, signal: AbortSignal): Promise<LocalSource> {
  const { fd } = stdin as { readonly fd?: unknown };
  if (typeof fd !== "number") return { chunks: stdin };
  await refuseClosedInput(fd);
  const look = (): Promise<BigIntStats> => promisify(fstat)(fd, { bigint: true });
  const before = await look();
  if (!before.isFile()) return { chunks: stdin };
  async function* chunks(): AsyncGenerator<Uint8Array, void, void> {
    const settled = await settledStats(look, signal);
    yield* stdin;
    checkUnchanged(settled, await look());
  }
  return { chunks: chunks() };
}
