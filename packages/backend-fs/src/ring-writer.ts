import type { FileHandle } from "node:fs/promises";
import type { FileWriter } from "@sluice/core/local";

/** Measured (docs/benchmarks.md): smaller buffers cost calls, larger ones fall out of the processor's cache. */
const BUFFER_BYTES: number = 256 << 10;

/** Buffers of one writer: one is filled while the others are written. */
const BUFFER_COUNT = 4;

/** Copies chunks into a ring of buffers and writes each one as it fills, so that hashing, copying and writing overlap. */
export class RingWriter implements FileWriter {
  readonly #handle: FileHandle;
  readonly #firstBytes: number;
  readonly #free: Uint8Array[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #made = 0;
  #current: Uint8Array | undefined;
  #filled = 0;
  #position = 0;
  #failure: { readonly error: unknown } | undefined;

  /** `expectedBytes`, if known, keeps small files from paying for a large buffer. */
  constructor(handle: FileHandle, expectedBytes: number = BUFFER_BYTES) {
    this.#handle = handle;
    this.#firstBytes = Math.max(Math.min(expectedBytes, BUFFER_BYTES), 1);
  }

  write(chunk: Uint8Array): void | Promise<void> {
    const rest = this.#take(chunk);
    if (rest !== undefined) return this.#takeRest(rest);
  }

  async flush(): Promise<void> {
    if (this.#filled > 0) this.#submit();
    await this.settle();
    this.#checkFailure();
  }

  async settle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Copies as much as there is room for; what is left over has to wait for a buffer. */
  #take(chunk: Uint8Array): Uint8Array | undefined {
    this.#checkFailure();
    let rest = chunk;
    while (rest.byteLength > 0) {
      this.#current ??= this.#buffer();
      if (this.#current === undefined) return rest;
      const part = rest.subarray(0, this.#current.byteLength - this.#filled);
      this.#current.set(part, this.#filled);
      this.#filled += part.byteLength;
      rest = rest.subarray(part.byteLength);
      if (this.#filled === this.#current.byteLength) this.#submit();
    }
    return undefined;
  }

  async #takeRest(chunk: Uint8Array): Promise<void> {
    for (let rest: Uint8Array | undefined = chunk; rest !== undefined; rest = this.#take(rest)) {
      await Promise.race(this.#underWay);
    }
  }

  #buffer(): Uint8Array | undefined {
    const free = this.#free.pop();
    if (free !== undefined || this.#made === BUFFER_COUNT) return free;
    this.#made++;
    return new Uint8Array(this.#made === 1 ? this.#firstBytes : BUFFER_BYTES);
  }

  #submit(): void {
    const buffer = this.#current as Uint8Array;
    const length = this.#filled;
    const position = this.#position;
    this.#current = undefined;
    this.#filled = 0;
    this.#position += length;
    const writing: Promise<void> = this.#writeAll(buffer, length, position)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .then(() => {
        this.#free.push(buffer);
        this.#underWay.delete(writing);
      });
    this.#underWay.add(writing);
  }

  /** A write may be short, for one when the disk is nearly full. */
  async #writeAll(buffer: Uint8Array, length: number, position: number): Promise<void> {
    for (let written = 0; written < length; ) {
      const { bytesWritten } = await this.#handle.write(buffer, written, length - written, position + written);
      written += bytesWritten;
    }
  }

  #checkFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
