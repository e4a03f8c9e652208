import { unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { throwIfAborted } from "../signal.js";
import type { Sink, SinkOptions, SinkReceipt } from "../sink/sink.js";
import { fromNodeError } from "./errors.js";
import type { FileIoChooser, FileWriter } from "./file-io.js";
import type { LocalRoot } from "./local-root.js";
import { type Durability, publish, syncFolders } from "./publish.js";
import { createTempFile, type TempFile } from "./temp-file.js";
import { etagOf, stampVersion } from "./version.js";
import { removeEmpty } from "./with-place.js";

/** Opens the sink of one object: a temporary file beside the target, which the commit gives the target's name. */
export async function openLocalSink(
  root: LocalRoot,
  key: string,
  chooseIo: FileIoChooser,
  durability: Durability,
  options: SinkOptions,
): Promise<Sink> {
  try {
    const temp = await createTempFile(root, key, chooseIo);
    return new LocalSink(temp, durability, options);
  } catch (error) {
    throw fromNodeError(error);
  }
}

class LocalSink implements Sink {
  readonly #temp: TempFile;
  readonly #writer: FileWriter;
  readonly #durability: Durability;
  readonly #options: SinkOptions;
  #isOpen = true;

  constructor(temp: TempFile, durability: Durability, options: SinkOptions) {
    this.#temp = temp;
    this.#writer = temp.io.createWriter(temp.handle, options.storedSize);
    this.#durability = durability;
    this.#options = options;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    return withTypedErrors(() => this.#writer.write(chunk));
  }

  lend(maxBytes: number): Uint8Array | undefined {
    return this.#writer.lend?.(maxBytes);
  }

  advance(bytes: number): void | Promise<void> {
    return withTypedErrors(() => this.#writer.advance?.(bytes));
  }

  async commit(): Promise<SinkReceipt> {
    try {
      const { handle, io, path, place } = this.#temp;
      await this.#writer.flush();
      await stampVersion(handle);
      if (this.#durability === "fsync") await handle.sync();
      const etag = etagOf(await handle.stat({ bigint: true }));
      await this.#close();
      throwIfAborted(this.#options.signal, "finalize");
      await publish(path, place.path, this.#options);
      if (this.#durability === "fsync") await syncFolders([place.folder, ...place.madeFolders.map(dirname)]);
      return { etag, ...(io.ioMode !== undefined && { ioMode: io.ioMode }) };
    } catch (error) {
      throw fromNodeError(error);
    }
  }

  async abort(): Promise<void> {
    await this.#writer.settle();
    await this.#close().catch(() => undefined);
    await unlink(this.#temp.path).catch(() => undefined);
    await removeEmpty(this.#temp.place.madeFolders);
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#temp.handle.close();
  }
}

function withTypedErrors(act: () => void | Promise<void>): void | Promise<void> {
  try {
    return act()?.catch((error) => {
      throw fromNodeError(error);
    });
  } catch (error) {
    throw fromNodeError(error);
  }
}
