import { type Answer, type AnswerChange, answerOf } from "./answer.js";
import type { Fault, FaultSide } from "./fault.js";
import type { ArmedFault } from "./fault-chooser.js";
import type { Piece } from "./http-pieces.js";
import type { FaultLogEntry, ProxiedRequest, Writable } from "./records.js";

/** One request, its response and the fault that they meet. */
export class Exchange {
  readonly record: Writable<ProxiedRequest>;
  readonly fault: Fault | undefined;
  readonly answerChange: AnswerChange | undefined;
  /** Settles when the final response has ended, or none will come. */
  readonly answered: Promise<void>;
  readonly finish: () => void;
  readonly #armed: ArmedFault | undefined;
  readonly #entry: Writable<FaultLogEntry> | undefined;
  readonly #seenBytes = { request: 0, response: 0 };
  #answerHead: Buffer | undefined;
  readonly #answerBody: Buffer[] = [];

  constructor(
    record: Writable<ProxiedRequest>,
    armed: ArmedFault | undefined,
    entry: FaultLogEntry | undefined,
    answerChange: AnswerChange | undefined,
  ) {
    this.record = record;
    this.answerChange = answerChange;
    this.fault = armed?.fault;
    this.#armed = armed;
    this.#entry = entry;
    let finish = (): void => undefined;
    this.answered = new Promise((resolve) => {
      finish = resolve;
    });
    this.finish = finish;
  }

  /** The fault has taken effect. */
  hit(): void {
    const entry = this.#entry;
    if (entry === undefined || entry.hit) return;
    entry.hit = true;
    this.#armed?.onHit?.(entry);
  }

  /** How long the message's head has to wait. */
  delayMs(side: FaultSide): number | undefined {
    const fault = this.fault;
    return fault?.kind === "delay" && (fault.on ?? "request") === side ? fault.delayMs : undefined;
  }

  /** Whether the fault strikes before the message's head passes. */
  strikesBeforeHead(side: FaultSide): boolean {
    const fault = this.fault;
    if (fault?.kind !== "reset" && fault?.kind !== "stall") return false;
    return (fault.on ?? "request") === side && fault.afterBytes === undefined;
  }

  /** What passes of the body's next bytes, and whether the fault strikes then. With no bytes: after the head. */
  body(side: FaultSide, bytes: Buffer): { readonly bytes: Buffer; readonly strikes: boolean } {
    const begin = this.#seenBytes[side];
    this.#seenBytes[side] += bytes.byteLength;
    const fault = this.fault;
    if (fault === undefined || fault.kind === "burst503" || (fault.on ?? "request") !== side) {
      return { bytes, strikes: false };
    }
    if (fault.kind === "flip") return { bytes: this.#flipped(bytes, fault.atByte - begin, fault.bit), strikes: false };
    if (fault.kind === "delay" || fault.afterBytes === undefined) return { bytes, strikes: false };
    const bytesLeft = fault.afterBytes - begin;
    return { bytes: bytes.subarray(0, bytesLeft), strikes: bytesLeft <= bytes.byteLength };
  }

  /** Keeps a piece of an answer that is to be changed, and gives the changed answer at its end. */
  changed(piece: Piece, change: (answer: Answer) => Answer): Answer | undefined {
    if (piece.kind === "head") this.#answerHead = piece.bytes;
    else if (piece.kind === "body") this.#answerBody.push(piece.bytes);
    if (piece.kind !== "end" || this.#answerHead === undefined) return undefined;
    return change(answerOf(this.#answerHead, this.#answerBody));
  }

  #flipped(bytes: Buffer, at: number, bit = 0): Buffer {
    if (at < 0 || at >= bytes.byteLength) return bytes;
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] as number) ^ (1 << bit);
    this.hit();
    return flipped;
  }
}
