import type { FileHandle } from "node:fs/promises";
import { ObjectStoreError } from "@sluice/core";
import type { FileWriter } from "@sluice/core/local";
import type { RestingHolder, SlabPool, SlabRequest } from "./pool/slab-pool.js";
import type { SlabLimits } from "./slab-io.js";
import { WritesUnderWay } from "./writes-under-way.js";

/**
 * Collects bytes in a slab of the pool and writes each one as it fills, several at once. When the pool needs the slab
 * elsewhere the writer parks: it writes the whole blocks it has and keeps the rest, less than a block, in memory of its own
 * until it has a slab again. Only the last block of a file is padded; it is cut to the true size afterwards.
 */
export class SlabWriter implements FileWriter, RestingHolder {
  readonly #handle: FileHandle;
  readonly #pool: SlabPool;
  readonly #alignmentBytes: number;
  readonly #writes: WritesUnderWay;
  #slab: Uint8Array | undefined;
  #filled = 0;
  /** Where the slab's first byte will lie in the file; a multiple of the alignment. */
  #position = 0;
  /** What a parked writer keeps: the bytes behind the last whole block. */
  #tail: Uint8Array = new Uint8Array(0);
  #request: SlabRequest | undefined;

  constructor(handle: FileHandle, limits: SlabLimits, alignmentBytes: number) {
    this.#handle = handle;
    this.#pool = limits.pool;
    this.#alignmentBytes = alignmentBytes;
    this.#writes = new WritesUnderWay(handle, limits, alignmentBytes);
  }

  write(chunk: Uint8Array): void | Promise<void> {
    this.#wake();
    const rest = this.#take(chunk);
    if (rest !== undefined) return this.#takeRest(rest);
    this.#rest();
  }

  lend(maxBytes: number): Uint8Array | undefined {
    this.#wake();
    if (!this.#hasSlab()) return undefined;
    return this.#slab?.subarray(this.#filled, this.#filled + maxBytes);
  }

  /** Waits here for the next slab, and not in the next call: `lend` can't, and what is made elsewhere has to be copied. */
  advance(bytes: number): void | Promise<void> {
    this.#filled += bytes;
    this.#submitFull();
    if (!this.#hasSlab()) return this.#waitForSlab().then(() => this.#rest());
    this.#rest();
  }

  async flush(): Promise<void> {
    this.#wake();
    if (this.#slab === undefined && this.#tail.byteLength > 0) await this.#waitForSlab();
    const size = this.#position + this.#filled;
    if (this.#slab !== undefined) this.#submitPadded(this.#slab);
    await this.#writes.ended();
    this.#writes.check();
    if (size % this.#alignmentBytes !== 0) await this.#handle.truncate(size);
  }

  async settle(): Promise<void> {
    this.#writes.fail(new ObjectStoreError("InvalidState", "the writer has ended"));
    this.#pool.wake(this);
    this.#request?.withdraw();
    if (this.#slab !== undefined) this.#pool.giveBack(this.#slab);
    this.#slab = undefined;
    await this.#writes.ended();
  }

  /** As the pool asks while the writer rests. */
  park(): void {
    const slab = this.#slab as Uint8Array;
    const whole = this.#filled - (this.#filled % this.#alignmentBytes);
    this.#tail = slab.slice(whole, this.#filled);
    this.#submit(slab, whole);
  }

  /** Copies as much as there is room for; what is left over has to wait for a slab. */
  #take(chunk: Uint8Array): Uint8Array | undefined {
    let rest = chunk;
    while (rest.byteLength > 0) {
      if (!this.#hasSlab()) return rest;
      const slab = this.#slab as Uint8Array;
      const part = rest.subarray(0, slab.byteLength - this.#filled);
      slab.set(part, this.#filled);
      this.#filled += part.byteLength;
      rest = rest.subarray(part.byteLength);
      this.#submitFull();
    }
    return undefined;
  }

  async #takeRest(chunk: Uint8Array): Promise<void> {
    for (let rest: Uint8Array | undefined = chunk; rest !== undefined; rest = this.#take(rest)) {
      await this.#waitForSlab();
    }
    this.#rest();
  }

  /** Whether there is a slab to write into, a free one taken if need be. */
  #hasSlab(): boolean {
    if (this.#slab !== undefined) return true;
    const slab = this.#writes.isFull ? undefined : this.#pool.tryTake();
    if (slab !== undefined) this.#use(slab);
    return slab !== undefined;
  }

  async #waitForSlab(): Promise<void> {
    await this.#writes.room();
    this.#writes.check();
    this.#request = this.#pool.take();
    const slab = await this.#request.slab;
    this.#request = undefined;
    if (slab !== undefined && this.#writes.hasFailed) this.#pool.giveBack(slab);
    this.#writes.check();
    if (slab !== undefined) this.#use(slab);
  }

  /** Takes a slab into use, with what was kept from the last one at its beginning. */
  #use(slab: Uint8Array): void {
    slab.set(this.#tail);
    this.#slab = slab;
    this.#filled = this.#tail.byteLength;
    this.#tail = this.#tail.subarray(0, 0);
  }

  #submitFull(): void {
    if (this.#filled === this.#slab?.byteLength) this.#submit(this.#slab, this.#filled);
  }

  #submitPadded(slab: Uint8Array): void {
    const padded = Math.ceil(this.#filled / this.#alignmentBytes) * this.#alignmentBytes;
    slab.fill(0, this.#filled, padded);
    this.#submit(slab, padded);
  }

  /** Parts with the slab: its first `length` bytes are written, if there are any, and then it goes back to the pool. */
  #submit(slab: Uint8Array, length: number): void {
    this.#slab = undefined;
    this.#filled = 0;
    if (length === 0) this.#pool.giveBack(slab);
    else this.#writes.begin(slab, length, this.#position);
    this.#position += length;
  }

  #wake(): void {
    this.#writes.check();
    this.#pool.wake(this);
  }

  #rest(): void {
    if (this.#slab !== undefined) this.#pool.rest(this);
  }
}
