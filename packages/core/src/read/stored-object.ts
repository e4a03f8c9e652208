import { Readable } from "node:stream";
import { isUint8Array } from "node:util/types";
import { ObjectStoreError } from "../errors.js";
import type { ResolvedRange } from "../range.js";
import type { ObjectInfo, StoredObject, VerifiedBy } from "../store.js";

export interface OpenedBody {
  readonly info: ObjectInfo;
  readonly range: ResolvedRange | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Instead of the body, where all of it is asked for and it is faster: fills a buffer of the range's length. */
  readonly into?: ((target: Uint8Array) => Promise<void>) | undefined;
  /** Whether the body's chunks are valid only until the next one is asked for. */
  readonly lendsChunks: boolean;
  /** By what the bytes were verified; undefined before their end. */
  readonly verifiedBy: () => VerifiedBy | undefined;
  readonly cancel: () => Promise<void>;
}

/** A body that can be read once, in whichever form the caller likes. */
export class OpenedObject implements StoredObject {
  readonly info: ObjectInfo;
  readonly range: ResolvedRange | undefined;
  readonly #body: AsyncIterable<Uint8Array>;
  readonly #into: OpenedBody["into"];
  readonly #lendsChunks: boolean;
  readonly #verifiedBy: OpenedBody["verifiedBy"];
  readonly #cancel: () => Promise<void>;
  #isTaken = false;
  #iterator: AsyncIterator<Uint8Array> | undefined;

  constructor({ info, range, body, into, lendsChunks, verifiedBy, cancel }: OpenedBody) {
    this.info = info;
    this.range = range;
    this.#body = body;
    this.#into = into;
    this.#lendsChunks = lendsChunks;
    this.#verifiedBy = verifiedBy;
    this.#cancel = cancel;
  }

  get verifiedBy(): VerifiedBy | undefined {
    return this.#verifiedBy();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#begin(this.#body);
  }

  #begin(body: AsyncIterable<Uint8Array>): AsyncIterator<Uint8Array> {
    this.#take();
    this.#iterator = body[Symbol.asyncIterator]();
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
    const expected = this.#expectedBytes();
    if (this.#into === undefined || expected === undefined) return collect(this, expected ?? 0);
    const target = memoryFor(expected);
    await this.readInto(target);
    return target;
  }

  async readInto(target: Uint8Array): Promise<number> {
    const expected = this.#expectedBytes();
    if (!isUint8Array(target)) throw this.#refusal("the target must be a Uint8Array");
    if (expected !== undefined && expected > target.byteLength) throw this.#tooSmall(target, `has ${expected} bytes`);
    if (this.#into !== undefined && expected !== undefined) {
      this.#take();
      await this.#into(target.subarray(0, expected));
      return expected;
    }
    let filled = 0;
    for await (const chunk of this) {
      if (chunk.byteLength > target.byteLength - filled) throw this.#tooSmall(target, "has more");
      target.set(chunk, filled);
      filled += chunk.byteLength;
    }
    return filled;
  }

  #expectedBytes(): number | undefined {
    return this.range && this.range.end - this.range.start;
  }

  #tooSmall(target: Uint8Array, found: string): ObjectStoreError {
    return this.#refusal(`the target has ${target.byteLength} bytes, and ${this.info.uri} ${found}`);
  }

  #refusal(reason: string): ObjectStoreError {
    const details = { operation: "readInto", uri: this.info.uri };
    return new ObjectStoreError("InvalidArgument", `readInto: ${reason}`, details);
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  /** A stream keeps chunks for as long as it likes. */
  #beginOwned(): AsyncIterator<Uint8Array> {
    return this.#begin(this.#lendsChunks ? copied(this.#body) : this.#body);
  }

  toReadable(): Readable {
    const iterator = this.#beginOwned();
    return Readable.from({ [Symbol.asyncIterator]: () => iterator }, { objectMode: false });
  }

  toWebReadable(): ReadableStream<Uint8Array> {
    const iterator = this.#beginOwned();
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

async function* copied(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of chunks) yield chunk.slice();
}

/** All chunks in one buffer of `expectedBytes`; a larger one is made only if they turn out to be more. */
export async function collect(source: AsyncIterable<Uint8Array>, expectedBytes: number): Promise<Uint8Array> {
  let buffer = memoryFor(expectedBytes);
  let filled = 0;
  for await (const chunk of source) {
    if (filled + chunk.byteLength > buffer.byteLength) {
      const larger = memoryFor(Math.max(filled + chunk.byteLength, buffer.byteLength * 2));
      larger.set(buffer.subarray(0, filled));
      buffer = larger;
    }
    buffer.set(chunk, filled);
    filled += chunk.byteLength;
  }
  return filled === buffer.byteLength ? buffer : buffer.slice(0, filled);
}

/** Sizes come from outside: one that no buffer can have is an error of the call, and not of the engine. */
function memoryFor(bytes: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new ObjectStoreError("Unsupported", `no buffer takes ${bytes} bytes; read them in chunks`, { cause });
  }
}
