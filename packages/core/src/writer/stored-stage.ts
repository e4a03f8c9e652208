import { Crc32c } from "../checksum/crc32c.js";
import type { ByteTarget } from "../compression/encoder.js";
import { ObjectStoreError } from "../errors.js";
import type { Sink } from "../sink/sink.js";

/** The end of the pipeline in front of the sink: counts the stored bytes and, where they are not the content itself, hashes them. */
export class StoredStage implements ByteTarget {
  readonly #sink: Sink;
  readonly #isEncoded: boolean;
  /** Of the stored bytes; where they are the content, whoever hashes that has updated it before it comes here. */
  readonly #crc: Crc32c;
  #bytes = 0;
  #closed = false;

  constructor(sink: Sink, contentCrc: Crc32c, isEncoded: boolean) {
    this.#sink = sink;
    this.#isEncoded = isEncoded;
    this.#crc = isEncoded ? new Crc32c() : contentCrc;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The checksum of the stored bytes. */
  checksum(): string {
    return this.#crc.digest();
  }

  /** From here on nothing reaches the sink, not even what an encoder still has under way. */
  close(): void {
    this.#closed = true;
  }

  /** As `Sink.lend`; never where the content is encoded, since it is not what will be stored. */
  lend(maxBytes: number): Uint8Array | undefined {
    return !this.#isEncoded && !this.#closed ? this.#sink.lend?.(maxBytes) : undefined;
  }

  advance(bytes: number): void | Promise<void> {
    this.#bytes += bytes;
    return this.#sink.advance?.(bytes, this.#crc.value);
  }

  write(chunk: Uint8Array, crc32c?: number): void | Promise<void> {
    if (this.#closed) throw new ObjectStoreError("InvalidState", "the writer has ended");
    if (this.#isEncoded) {
      if (crc32c === undefined) this.#crc.update(chunk);
      else this.#crc.append(crc32c, chunk.byteLength);
    }
    this.#bytes += chunk.byteLength;
    return this.#sink.write(chunk, this.#crc.value);
  }
}
