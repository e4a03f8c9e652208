import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { DriverRead, DriverReadOptions } from "../driver.js";
import { ObjectStoreError } from "../errors.js";
import { type ResolvedRange, resolveRange } from "../range.js";
import { throwIfAborted } from "../signal.js";
import { fromNodeError } from "./errors.js";
import type { FileIo, FileIoChooser } from "./file-io.js";
import type { LocalRoot } from "./local-root.js";
import { changedFile, settledStats } from "./settled-stats.js";
import { describeFile, etagOf } from "./version.js";

/**
 * Opens a file for reading. Writers replace files and never change them, so that an open file stays the version it was; one
 * that another program has changed in place is noticed when its end is reached, and so is one that has not the size it
 * reports.
 */
export async function openLocalFile(
  root: LocalRoot,
  key: string,
  chooseIo: FileIoChooser,
  options: DriverReadOptions,
): Promise<DriverRead> {
  const { range, ifMatch, signal } = options;
  const path = await root.realFile(key);
  throwIfAborted(signal, "get");
  const io = await chooseIo(dirname(path));
  const handle = await io.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await settledStats(() => handle.stat({ bigint: true }), signal);
    if (!stats.isFile()) throw new ObjectStoreError("NotFound", `${JSON.stringify(key)} is not a file`);
    const object = describeFile(key, stats);
    if (ifMatch !== undefined && ifMatch !== object.etag) {
      throw new ObjectStoreError("PreconditionFailed", `expected the version ${ifMatch}, it is ${object.etag}`);
    }
    if (object.size === 0) await checkLastByte(handle, io, 0);
    const resolved = resolveRange(range, object.size);
    const file = new OpenFile(handle, object.etag, resolved);
    return {
      object,
      range: resolved,
      body: file.body(io.read(handle, resolved, options), signal),
      cancel: () => file.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Refuses with Unsupported a file that has no last byte where it reports one, or has a byte and reports none, as those do that
 * the kernel makes up.
 */
export async function checkLastByte(handle: FileHandle, io: FileIo, size: number): Promise<void> {
  const start = Math.max(size - 1, 0);
  let bytes = 0;
  for await (const chunk of io.read(handle, { start, end: start + 1 }, {})) bytes += chunk.byteLength;
  if (bytes !== Math.min(size, 1)) throw wrongSize(size, size === 0 ? "more" : "fewer");
}

/** The error for a file whose content is not as long as it reports. */
export function wrongSize(reported: number, actual: number | string): ObjectStoreError {
  const message = `the file reports ${reported} bytes and has ${actual}, so that it can't be an object; read it as a file`;
  return new ObjectStoreError("Unsupported", message);
}

/** A handle that is closed once, by whoever is done with it first. */
class OpenFile {
  readonly #handle: FileHandle;
  readonly #etag: string;
  readonly #bytes: number;
  #closing: Promise<void> | undefined;

  constructor(handle: FileHandle, etag: string, { start, end }: ResolvedRange) {
    this.#handle = handle;
    this.#etag = etag;
    this.#bytes = end - start;
  }

  close(): Promise<void> {
    this.#closing ??= this.#handle.close();
    return this.#closing;
  }

  async *body(
    chunks: AsyncIterable<Uint8Array>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, void> {
    let bytes = 0;
    try {
      for await (const chunk of chunks) {
        throwIfAborted(signal, "get");
        bytes += chunk.byteLength;
        yield chunk;
      }
      if (etagOf(await this.#handle.stat({ bigint: true })) !== this.#etag) throw changedFile();
      if (bytes !== this.#bytes) throw wrongSize(this.#bytes, bytes);
    } catch (error) {
      throw fromNodeError(error);
    } finally {
      await this.close();
    }
  }
}
