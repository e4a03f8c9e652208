import { setImmediate as afterInputOutput } from "node:timers/promises";
import { Crc32c } from "../checksum/crc32c.js";
import type { Encoder, EncoderFactory } from "../compression/encoder.js";
import type { Sink, SinkSummary } from "../sink/sink.js";
import type { Steps } from "./steps.js";
import { StoredStage } from "./stored-stage.js";

/** After so many bytes without a wait the event loop gets its turn, or neither I/O nor a signal would ever run. */
const YIELD_BYTES = 1 << 20;

/** The way of the content: hash, encode, sink. It knows nothing of a writer's states. */
export class ContentPipeline {
  readonly #crc = new Crc32c();
  readonly #stored: StoredStage;
  readonly #encoder: Encoder;
  #bytesSinceWait = 0;
  /** The sink's room that the next step may lie in. */
  #lent: Uint8Array | undefined;

  constructor(sink: Sink, createEncoder: EncoderFactory, isEncoded: boolean) {
    this.#stored = new StoredStage(sink, this.#crc, isEncoded);
    this.#encoder = createEncoder(this.#stored);
  }

  get contentBytes(): number {
    return this.#crc.byteLength;
  }

  get storedBytes(): number {
    return this.#stored.bytes;
  }

  /** Of the content so far. */
  checksum(): string {
    return this.#crc.digest();
  }

  /** Takes step after step for as long as nobody has to wait. `check` throws when it is to stop. */
  write(steps: Steps, check: () => void): void | Promise<void> {
    for (;;) {
      check();
      const step = steps.next(this.#lend);
      if (step === undefined) return;
      const waiting = this.#take(step, steps.crc32c);
      if (waiting !== undefined) return this.#writeRest(waiting, steps, check);
    }
  }

  /** Ends the encoding, and tells what is complete now. */
  async end(): Promise<SinkSummary> {
    await this.#encoder.end();
    this.#encoder.close?.();
    return {
      size: this.contentBytes,
      storedSize: this.storedBytes,
      checksum: this.checksum(),
      storedChecksum: this.#stored.checksum(),
    };
  }

  /** From here on nothing reaches the sink. */
  close(): void {
    this.#stored.close();
    this.#encoder.close?.();
  }

  async #writeRest(waiting: Promise<void>, steps: Steps, check: () => void): Promise<void> {
    await waiting;
    this.#bytesSinceWait = 0;
    await this.write(steps, check);
  }

  #take(step: Uint8Array, crc32c: number | undefined): void | Promise<void> {
    if (crc32c === undefined) this.#crc.update(step);
    else this.#crc.append(crc32c, step.byteLength);
    this.#bytesSinceWait += step.byteLength;
    const isInPlace = this.#lent?.buffer === step.buffer && this.#lent.byteOffset === step.byteOffset;
    this.#lent = undefined;
    const waiting = isInPlace ? this.#stored.advance(step.byteLength) : this.#encoder.push(step);
    return waiting === undefined && this.#bytesSinceWait >= YIELD_BYTES ? afterInputOutput() : waiting;
  }

  readonly #lend = (maxBytes: number): Uint8Array | undefined => {
    this.#lent = this.#stored.lend(maxBytes);
    return this.#lent;
  };
}
