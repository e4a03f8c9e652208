/** Takes bytes from a stream in the pieces that a format has. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #buffered: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The bytes up to `delimiter` and it, undefined where the stream ends before; throws `tooLong()` past `maximumBytes`. */
  async through(delimiter: string, maximumBytes: number, tooLong: () => Error): Promise<Buffer | undefined> {
    let searched = 0;
    for (;;) {
      const at = this.#buffered.indexOf(delimiter, searched, "latin1");
      if (at >= 0) return this.#take(at + delimiter.length);
      if (this.#buffered.byteLength > maximumBytes) throw tooLong();
      searched = Math.max(0, this.#buffered.byteLength - delimiter.length + 1);
      if (!(await this.#more())) return undefined;
    }
  }

  /** What is there of the next `maximumBytes`, one byte at least; undefined at the end. */
  async some(maximumBytes: number): Promise<Buffer | undefined> {
    while (this.#buffered.byteLength === 0) if (!(await this.#more())) return undefined;
    return this.#take(Math.min(maximumBytes, this.#buffered.byteLength));
  }

  /** Lets go of the stream. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  #take(byteLength: number): Buffer {
    const taken = this.#buffered.subarray(0, byteLength);
    this.#buffered = this.#buffered.subarray(byteLength);
    return taken;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done === true) return false;
    this.#buffered = this.#buffered.byteLength === 0 ? value : Buffer.concat([this.#buffered, value]);
    return true;
  }
}
