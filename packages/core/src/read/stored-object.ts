import { Readable } from "node:stream";
import { ObjectStoreError } from "../errors.js";
import type { ResolvedRange } from "../range.js";
import type { ObjectInfo, StoredObject } from "../store.js";

export interface OpenedBody {
  readonly info: ObjectInfo;
  readonly range: ResolvedRange | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Instead of the body, where all of it is asked for and it is faster: fills a buffer of the range's length. */
  readonly into?: ((target: Uint8Array) => Promise<void>) | undefined;
  readonly cancel: () => Promise<void>;
}

/** A body that can be read once, in whichever form the caller likes. */
export class OpenedObject implements StoredObject {
  readonly info: ObjectInfo;
  readonly range: ResolvedRange | undefined;
  readonly #body: AsyncIterable<Uint8Array>;
  readonly #into: OpenedBody["into"];
  readonly #cancel: () => Promise<void>;
  #isTaken = false;
  #iterator: AsyncIterator<Uint8Array> | undefined;

  constructor({ info, range, body, into, cancel }: OpenedBody) {
    this.info = info;
    this.range = range;
    this.#body = body;
    this.#into = into;
    this.#cancel = cancel;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.#take();
    this.#iterator = this.#body[Symbol.asyncIterator]();
    return this.#iterator;
  }

  #take(): void {
    if (this.#isTaken) {
      throw new ObjectStoreError("InvalidState", "the object has been read or cancelled; get it again", {
        operation: "get",
        uri: this.info.uri,
      });
    }
    this.#isTaken = true;
  }

  async bytes(): Promise<Uint8Array> {
    const expected = this.range === undefined ? 0 : this.range.end - this.range.start;
    if (this.#into === undefined) return collect(this, expected);
    this.#take();
    const target = new Uint8Array(expected);
    await this.#into(target);
    return target;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  toReadable(): Readable {
    return Readable.from(this, { objectMode: false });
  }

  toWebReadable(): ReadableStream<Uint8Array> {
    const iterator = this[Symbol.asyncIterator]();
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const next = await iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: async () => {
        await iterator.return?.();
      },
    });
  }

  async cancel(): Promise<void> {
    this.#isTaken = true;
    await this.#cancel();
    await this.#iterator?.return?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }
}

/** All chunks in one buffer of `expectedBytes`; a larger one is made only if they turn out to be more. */
export async function collect(source: AsyncIterable<Uint8Array>, expectedBytes: number): Promise<Uint8Array> {
  let buffer = new Uint8Array(expectedBytes);
  let filled = 0;
  for await (const chunk of source) {
    if (filled + chunk.byteLength > buffer.byteLength) {
      const larger = new Uint8Array(Math.max(filled + chunk.byteLength, buffer.byteLength * 2));
      larger.set(buffer.subarray(0, filled));
      buffer = larger;
    }
    buffer.set(chunk, filled);
    filled += chunk.byteLength;
  }
  return filled === buffer.byteLength ? buffer : buffer.slice(0, filled);
}
