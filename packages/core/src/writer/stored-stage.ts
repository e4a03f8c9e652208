import { Crc32c } from "../checksum/crc32c.js";
import type { ByteTarget } from "../compression/encoder.js";
import { ObjectStoreError } from "../errors.js";
import type { Sink } from "../sink/sink.js";

/** The end of the pipeline in front of the sink: counts the stored bytes and, where they differ from the content, hashes them. */
export class StoredStage implements ByteTarget {
  readonly #sink: Sink;
  readonly #crc: Crc32c | undefined;
  #bytes = 0;
  #closed = false;

  constructor(sink: Sink, isEncoded: boolean) {
    this.#sink = sink;
    this.#crc = isEncoded ? new Crc32c() : undefined;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The checksum of the stored bytes; undefined where they are the content itself. */
  checksum(): string | undefined {
    return this.#crc?.digest();
  }

  /** From here on nothing reaches the sink, not even what an encoder still has under way. */
  close(): void {
    this.#closed = true;
  }

  /** As `Sink.lend`; never where the content is encoded, since it is not what will be stored. */
  lend(maxBytes: number): Uint8Array | undefined {
    return this.#crc === undefined && !this.#closed ? this.#sink.lend?.(maxBytes) : undefined;
  }

  advance(bytes: number): void | Promise<void> {
    this.#bytes += bytes;
    return this.#sink.advance?.(bytes);
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#closed) throw new ObjectStoreError("InvalidState", "the writer has ended");
    this.#crc?.update(chunk);
    this.#bytes += chunk.byteLength;
    return this.#sink.write(chunk);
  }
}
