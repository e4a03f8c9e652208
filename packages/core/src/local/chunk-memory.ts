/** Memory for the chunks of a body: new for each of them, or used again where they are only lent to the reader. */
export class ChunkMemory {
  readonly #lends: boolean;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  constructor(lends: boolean | undefined) {
    this.#lends = lends === true;
  }

  /** `bytes` that are not cleared; all of them have to be written. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const free = this.#free.pop();
    if (free !== undefined && free.byteLength >= bytes) return free.subarray(0, bytes);
    return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
  }

  /** The reader has asked for the next chunk. */
  giveBack(chunk: Uint8Array<ArrayBuffer>): void {
    if (this.#lends) this.#free.push(new Uint8Array(chunk.buffer));
  }
}
