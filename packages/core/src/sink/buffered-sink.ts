import { ObjectStoreError } from "../errors.js";
import type { Sink, SinkReceipt, SinkSummary } from "./sink.js";

const FIRST_BUFFER_BYTES = 64 << 10;

/**
 * A sink for stores that know nothing but a whole put: it keeps the object in memory, up to `limitBytes`, and puts it at
 * commit. A larger object is refused with Unsupported as soon as it is known to be larger.
 */
export class BufferedSink implements Sink {
  readonly #limitBytes: number;
  readonly #put: (bytes: Uint8Array, summary: SinkSummary) => Promise<SinkReceipt>;
  #buffer = new Uint8Array(0);
  #filled = 0;

  constructor(limitBytes: number, put: (bytes: Uint8Array, summary: SinkSummary) => Promise<SinkReceipt>) {
    this.#limitBytes = limitBytes;
    this.#put = put;
  }

  write(chunk: Uint8Array): void {
    const needed = this.#filled + chunk.byteLength;
    if (needed > this.#limitBytes) {
      throw new ObjectStoreError("Unsupported", `the store holds objects of at most ${this.#limitBytes} bytes`);
    }
    if (needed > this.#buffer.byteLength) this.#grow(needed);
    this.#buffer.set(chunk, this.#filled);
    this.#filled = needed;
  }

  commit(summary: SinkSummary): Promise<SinkReceipt> {
    return this.#put(this.#buffer.slice(0, this.#filled), summary);
  }

  async abort(): Promise<void> {
    this.#buffer = new Uint8Array(0);
    this.#filled = 0;
  }

  #grow(needed: number): void {
    const doubled = Math.max(FIRST_BUFFER_BYTES, this.#buffer.byteLength * 2);
    const larger = new Uint8Array(Math.min(this.#limitBytes, Math.max(needed, doubled)));
    larger.set(this.#buffer.subarray(0, this.#filled));
    this.#buffer = larger;
  }
}
