import { setImmediate as nextTurn } from "node:timers/promises";
import { crc32c } from "../src/checksum/crc32c.js";
import { formatChecksum } from "../src/checksum/text.js";
import { MemoryDriver } from "../src/memory/memory-driver.js";
import { MultipartSink } from "../src/multipart/multipart-sink.js";
import type { MultipartUpload, StoredPart, UploadPart } from "../src/multipart/multipart-upload.js";
import { type PartLimits, planParts } from "../src/multipart/part-plan.js";
import { throwIfAborted } from "../src/signal.js";
import type { Sink, SinkOptions, SinkReceipt, SinkSummary } from "../src/sink/sink.js";

export const SMALL_LIMITS: PartLimits = {
  maxParts: 10_000,
  minPartBytes: 1,
  maxPartBytes: 1 << 30,
  maxObjectBytes: 2 ** 40,
};

/** An upload that keeps parts apart until they are completed, checks the CRC of each as a server would, and hands all of it to a sink. */
export class MemoryUpload implements MultipartUpload<string> {
  readonly calls: string[] = [];
  readonly parts: Map<number, Uint8Array> = new Map();
  underWay = 0;
  mostUnderWay = 0;
  isOpen = false;
  readonly #target: Sink;

  constructor(target: Sink) {
    this.#target = target;
  }

  async putWhole(bytes: Uint8Array, summary: SinkSummary, signal: AbortSignal): Promise<SinkReceipt> {
    await this.#request("putWhole", signal);
    return this.#store([bytes], summary);
  }

  async begin(signal: AbortSignal): Promise<void> {
    await this.#request("begin", signal);
    this.isOpen = true;
  }

  async putPart({ number, bytes, crc32c: crc }: UploadPart, signal: AbortSignal): Promise<string> {
    await this.#request(`putPart ${number}`, signal);
    if (crc32c(bytes) !== formatChecksum(crc)) throw new Error(`part ${number} has another CRC-32C`);
    this.parts.set(number, bytes.slice());
    return `receipt ${number}`;
  }

  async complete(
    parts: readonly StoredPart<string>[],
    summary: SinkSummary,
    signal: AbortSignal,
  ): Promise<SinkReceipt> {
    await this.#request("complete", signal);
    const bytes = parts.map(({ number }) => this.parts.get(number) as Uint8Array);
    const receipt = await this.#store(bytes, summary);
    this.#drop();
    return receipt;
  }

  async abort(signal: AbortSignal): Promise<void> {
    await this.#request("abort", signal);
    this.#drop();
  }

  async #request(call: string, signal: AbortSignal): Promise<void> {
    this.calls.push(call);
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    try {
      await nextTurn();
      throwIfAborted(signal, call);
    } finally {
      this.underWay--;
    }
  }

  async #store(parts: readonly Uint8Array[], summary: SinkSummary): Promise<SinkReceipt> {
    for (const part of parts) await this.#target.write(part, 0);
    return this.#target.commit(summary);
  }

  #drop(): void {
    this.isOpen = false;
    this.parts.clear();
  }
}

/** Memory whose writers go through the engine, in parts of `partBytes`. */
export class MemoryInParts extends MemoryDriver {
  readonly uploads: MemoryUpload[] = [];
  readonly #partBytes: number;

  constructor(bucket: ConstructorParameters<typeof MemoryDriver>[0], partBytes: number) {
    super(bucket);
    this.#partBytes = partBytes;
  }

  override async openSink(key: string, options: SinkOptions): Promise<Sink> {
    const upload = new MemoryUpload(await super.openSink(key, options));
    this.uploads.push(upload);
    const plan = planParts(
      SMALL_LIMITS,
      { partBytes: this.#partBytes, storedBytes: options.storedSize },
      "createWriter",
    );
    return new MultipartSink(upload, plan, { partsInFlight: 3, signal: options.signal });
  }
}
