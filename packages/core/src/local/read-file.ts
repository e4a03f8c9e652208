import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { DriverRead, DriverReadOptions } from "../driver.js";
import { ObjectStoreError } from "../errors.js";
import { resolveRange } from "../range.js";
import { throwIfAborted } from "../signal.js";
import { fromNodeError } from "./errors.js";
import type { FileIoChooser } from "./file-io.js";
import type { LocalRoot } from "./local-root.js";
import { describeFile, etagOf } from "./version.js";

/**
 * Opens a file for reading. Writers replace files and never change them, so that an open file stays the version it was; one
 * that another program has changed in place is noticed when its end is reached.
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
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new ObjectStoreError("NotFound", `${JSON.stringify(key)} is not a file`);
    const object = describeFile(key, stats);
    if (ifMatch !== undefined && ifMatch !== object.etag) {
      throw new ObjectStoreError("PreconditionFailed", `expected the version ${ifMatch}, it is ${object.etag}`);
    }
    const resolved = resolveRange(range, object.size);
    const file = new OpenFile(handle);
    return {
      object,
      range: resolved,
      body: file.body(io.read(handle, resolved, options), object.etag, signal),
      cancel: () => file.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A handle that is closed once, by whoever is done with it first. */
class OpenFile {
  readonly #handle: FileHandle;
  #closing: Promise<void> | undefined;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  close(): Promise<void> {
    this.#closing ??= this.#handle.close();
    return this.#closing;
  }

  async *body(
    chunks: AsyncIterable<Uint8Array>,
    etag: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, void> {
    try {
      for await (const chunk of chunks) {
        throwIfAborted(signal, "get");
        yield chunk;
      }
      const after = etagOf(await this.#handle.stat({ bigint: true }));
      if (after !== etag) throw new ObjectStoreError("PreconditionFailed", "the file was changed while it was read");
    } catch (error) {
      throw fromNodeError(error);
    } finally {
      await this.close();
    }
  }
}
