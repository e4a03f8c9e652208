import { type BigIntStats, constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { ObjectStoreError, throwIfAborted } from "@sluice/core";
import { nativeCode, settledStats } from "@sluice/core/local";
import { checkUnchanged } from "./file-change.js";
import { ofFile } from "./source-error.js";

/** How a source is opened: reading a terminal or another device must not block a thread, which nothing could end. */
export const NON_BLOCKING_READ: number = constants.O_RDONLY | constants.O_NONBLOCK;

const CHUNK_BYTES: number = 256 << 10;

/** How long a device that has nothing now is left alone. */
const DEVICE_PAUSE_MS = 20;

/**
 * The bytes of an open file or device up to its end, whatever size it reports. Iterated once, or cancelled. Ends with
 * PreconditionFailed if the file was changed while it was read.
 */
export class FileSource implements AsyncIterable<Uint8Array> {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #signal: AbortSignal;
  #before: BigIntStats | undefined;
  #first: Uint8Array | undefined;
  #size: number | undefined;

  /** The source closes the handle. */
  constructor(handle: FileHandle, path: string, signal: AbortSignal) {
    this.#handle = handle;
    this.#path = path;
    this.#signal = signal;
  }

  /**
   * How many bytes the file has, where that is certain: its end has been seen, or it reports more than was read of it.
   * Closes the file if it can't be read.
   */
  async prepare(): Promise<number | undefined> {
    try {
      const before = await settledStats(() => this.#look(), this.#signal);
      if (!before.isFile()) return undefined;
      this.#before = before;
      this.#first = await this.#read();
      const read = this.#first.byteLength;
      if (read < CHUNK_BYTES) this.#size = read;
      else if (Number(before.size) >= read) this.#size = Number(before.size);
      return this.#size;
    } catch (error) {
      await this.cancel();
      throw error;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    let next = this.#first === undefined ? this.#read() : Promise.resolve(this.#first);
    try {
      let bytes = 0;
      for (;;) {
        const chunk = await next;
        if (chunk.byteLength === 0) break;
        bytes += chunk.byteLength;
        if (this.#size !== undefined && bytes > this.#size) break;
        next = this.#read();
        next.catch(() => undefined);
        yield chunk;
      }
      await this.#check(bytes);
    } catch (error) {
      throw ofFile(error, this.#path);
    } finally {
      // The handle may only be closed when nothing reads from it any more.
      await next.catch(() => undefined);
      await this.cancel();
    }
  }

  async cancel(): Promise<void> {
    await this.#handle.close();
  }

  #look(): Promise<BigIntStats> {
    return this.#handle.stat({ bigint: true });
  }

  /** A full chunk, or less at the end of a file, or what a device has; empty behind the end. */
  async #read(): Promise<Uint8Array> {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    let filled = 0;
    do {
      throwIfAborted(this.#signal, "read");
      const bytesRead = await this.#readSome(chunk.subarray(filled));
      if (bytesRead === 0) break;
      filled += bytesRead;
    } while (filled < CHUNK_BYTES && this.#before !== undefined);
    return chunk.subarray(0, filled);
  }

  async #readSome(target: Uint8Array): Promise<number> {
    for (;;) {
      try {
        return (await this.#handle.read(target, 0, target.byteLength, null)).bytesRead;
      } catch (error) {
        if (nativeCode(error) !== "EAGAIN") throw error;
        await delay(DEVICE_PAUSE_MS, undefined, { signal: this.#signal }).catch(() =>
          throwIfAborted(this.#signal, "read"),
        );
      }
    }
  }

  async #check(bytes: number): Promise<void> {
    if (this.#before === undefined) return;
    checkUnchanged(this.#before, await this.#look());
    if (this.#size === undefined || this.#size === bytes) return;
    const message = `the file reports ${this.#size} bytes and has others; write it from standard input`;
    throw new ObjectStoreError("Unsupported", message);
  }
}
