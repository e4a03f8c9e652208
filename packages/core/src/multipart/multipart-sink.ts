import { combineCrc32c } from "../checksum/combine.js";
import { crc32cEngine } from "../checksum/native.js";
import { abortedError, allowManyCalls, throwIfAborted, withGrace } from "../signal.js";
import type { Sink, SinkReceipt, SinkSummary } from "../sink/sink.js";
import type { MultipartUpload, StoredPart } from "./multipart-upload.js";
import { PartBuffers } from "./part-buffers.js";
import { type PartPlan, tooLarge } from "./part-plan.js";

/** How long an abort waits for the answer to `begin`, whose upload would otherwise be left behind unknown. */
const BEGIN_GRACE_MS = 500;
/** How long the removal of an upload's parts may take before it is left to a sweep. */
const ABORT_LIMIT_MS = 10_000;

export interface MultipartSinkOptions {
  /** Parts that are sent at once. Memory is one part more. */
  readonly partsInFlight: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The sink of stores that take parts: fills a buffer while others are sent. What fits into one part is put whole. The
 * first failure stops every request and is the error reported; a failed or aborted upload leaves no parts.
 * Memory: `(partsInFlight + 1)` parts, for chunks of any size.
 */
export class MultipartSink<Receipt> implements Sink {
  readonly #upload: MultipartUpload<Receipt>;
  readonly #plan: PartPlan;
  readonly #partsInFlight: number;
  readonly #buffers = new PartBuffers();
  readonly #stop = new AbortController();
  readonly #unlink: () => void;
  readonly #underWay = new Set<Promise<void>>();
  readonly #stored: StoredPart<Receipt>[] = [];
  #begun: Promise<void> | undefined;
  /** There is an upload that has to be completed or aborted. */
  #isBegun = false;
  #failure: { readonly error: unknown } | undefined;

  /** The part being filled. */
  #part: Uint8Array;
  #filled = 0;
  #offset = 0;
  #count = 0;
  /** CRC-32C of the object up to where the part begins, and up to where it is filled. */
  #crcBefore = 0;
  #crc = 0;

  constructor(upload: MultipartUpload<Receipt>, plan: PartPlan, { partsInFlight, signal }: MultipartSinkOptions) {
    this.#upload = upload;
    this.#plan = plan;
    this.#partsInFlight = partsInFlight;
    this.#part = this.#buffers.first(plan.partBytesAt(0), plan.storedBytes);
    allowManyCalls(this.#stop.signal);
    const onAbort = (): void => signal && this.#fail(abortedError("writer", signal));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#unlink = () => signal?.removeEventListener("abort", onAbort);
  }

  write(chunk: Uint8Array, crc32c: number): void | Promise<void> {
    let rest = chunk;
    for (;;) {
      this.#throwIfFailed();
      const room = this.#room();
      if (room === undefined) return this.#writeLater(rest, crc32c);
      const taken = room < rest.byteLength ? rest.subarray(0, room) : rest;
      this.#part.set(taken, this.#filled);
      this.#filled += taken.byteLength;
      if (taken === rest) break;
      this.#crc = crc32cEngine().compute(taken, this.#crc);
      rest = rest.subarray(room);
    }
    this.#crc = crc32c;
  }

  lend(maxBytes: number): Uint8Array | undefined {
    if (this.#failure !== undefined) return undefined;
    const room = this.#room();
    return room === undefined ? undefined : this.#part.subarray(this.#filled, this.#filled + Math.min(room, maxBytes));
  }

  advance(bytes: number, crc32c: number): void {
    this.#throwIfFailed();
    this.#filled += bytes;
    this.#crc = crc32c;
  }

  async commit(summary: SinkSummary): Promise<SinkReceipt> {
    try {
      this.#throwIfFailed();
      const { signal } = this.#stop;
      const last = this.#part.subarray(0, this.#filled);
      if (this.#begun === undefined) return await this.#upload.putWhole(last, summary, signal);
      await this.#hasRoomToSend();
      if (this.#filled > 0) this.#send();
      await Promise.all(this.#underWay);
      this.#throwIfFailed();
      this.#stored.sort((first, second) => first.number - second.number);
      const receipt = await this.#upload.complete(this.#stored, summary, signal);
      return { parts: this.#stored.length, ...receipt };
    } catch (error) {
      this.#fail(error);
      throw this.#failure?.error;
    } finally {
      this.#unlink();
    }
  }

  async abort(): Promise<void> {
    this.#unlink();
    this.#fail(new Error("the upload was aborted"));
    await Promise.all(this.#underWay);
    this.#buffers.clear();
    if (this.#isBegun) await this.#upload.abort(AbortSignal.timeout(ABORT_LIMIT_MS));
  }

  /** Bytes that the part still takes; a full one is sent first. Undefined while all parts are under way. */
  #room(): number | undefined {
    const partBytes = this.#plan.partBytesAt(this.#offset);
    if (this.#filled === partBytes) {
      if (this.#underWay.size >= this.#partsInFlight) return undefined;
      this.#send();
      this.#part = this.#buffers.take(this.#plan.partBytesAt(this.#offset));
    } else if (this.#filled === this.#part.byteLength) {
      this.#part = this.#buffers.grow(this.#part, partBytes);
    }
    return this.#part.byteLength - this.#filled;
  }

  async #writeLater(rest: Uint8Array, crc32c: number): Promise<void> {
    await this.#hasRoomToSend();
    await this.write(rest, crc32c);
  }

  async #hasRoomToSend(): Promise<void> {
    while (this.#underWay.size >= this.#partsInFlight) await Promise.race(this.#underWay);
  }

  /** Sends the filled part; the next one begins where it ends. */
  #send(): void {
    const { maxParts, maxObjectBytes } = this.#plan.limits;
    const number = ++this.#count;
    const buffer = this.#part;
    const byteLength = this.#filled;
    const end = this.#offset + byteLength;
    if (number > maxParts || end > maxObjectBytes) throw tooLarge(Math.min(this.#offset, maxObjectBytes), "writeChunk");
    // combine(a, b) is shifted(a) XOR b, so with the whole in b's place it gives b.
    const crc32c = combineCrc32c(this.#crcBefore, this.#crc, byteLength);
    const part = { number, offset: this.#offset, bytes: buffer.subarray(0, byteLength), crc32c };
    this.#begun ??= this.#begin();
    const sending = this.#begun
      .then(() => this.#upload.putPart(part, this.#stop.signal))
      .then((receipt) => {
        this.#stored.push({ number, byteLength, crc32c, receipt });
        this.#buffers.giveBack(buffer);
      })
      .catch((error) => this.#fail(error))
      .finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
    this.#offset = end;
    this.#filled = 0;
    this.#crcBefore = this.#crc;
  }

  /** Begins the upload. An abort does not stop that at once: without its answer the upload would be left behind, unknown. */
  async #begin(): Promise<void> {
    const { signal } = this.#stop;
    await withGrace(signal, BEGIN_GRACE_MS, (late) => this.#upload.begin(late));
    this.#isBegun = true;
    throwIfAborted(signal, "writeChunk");
  }

  /** The first failure stops everything under way; those that follow from it are not reported. */
  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#stop.abort(error);
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
