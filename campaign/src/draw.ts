import { createHash } from "node:crypto";
import { SeededRandom } from "@sluice/core/testing";

/** The random choices of one case, fixed by the campaign's seed, the kind and the case's number. */
export class Draw {
  readonly #random: SeededRandom;

  constructor(seed: number, kind: string, number: number) {
    const digest = createHash("sha256").update(`${seed} ${kind} ${number}`).digest();
    this.#random = new SeededRandom(digest.readUInt32LE());
  }

  /** A whole number from `minimum` to `maximum`, both included. */
  integer(minimum: number, maximum: number): number {
    return this.#random.integer(minimum, maximum);
  }

  /** From 0 to below 1. */
  fraction(): number {
    return this.#random.integer(0, 0xfffffff) / 0x10000000;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of `choices`, each as likely. */
  one<Choice>(choices: readonly Choice[]): Choice {
    if (choices.length === 0) throw new Error("there is nothing to choose from");
    return choices[this.integer(0, choices.length - 1)] as Choice;
  }

  bytes(byteLength: number): Uint8Array {
    return this.#random.bytes(byteLength);
  }
}
