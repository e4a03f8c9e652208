import { setImmediate as afterInputOutput } from "node:timers/promises";
import { algorithmOf, type ChecksumAlgorithm } from "../checksum/algorithm.js";
import { type RunningHash, startHash } from "../checksum/running-hash.js";
import { formatChecksum } from "../checksum/text.js";
import { ObjectStoreError } from "../errors.js";
import { throwIfAborted } from "../signal.js";

/** What is hashed at once of bytes that are all there: the event loop gets its turn after each. */
const STEP_BYTES = 1 << 20;

export interface CheckedPlace {
  readonly uri: string;
  readonly backend: string;
}

/** Compares bytes with the checksums that they must have. Those of one algorithm are computed once. */
export class ByteCheck {
  readonly #expected: readonly string[];
  readonly #hashes = new Map<ChecksumAlgorithm, RunningHash>();
  readonly #place: CheckedPlace;
  #bytes = 0;

  constructor(expected: readonly string[], place: CheckedPlace) {
    this.#expected = expected;
    this.#place = place;
    for (const text of expected) {
      const algorithm = algorithmOf(text);
      if (algorithm !== undefined && !this.#hashes.has(algorithm)) this.#hashes.set(algorithm, startHash(algorithm));
    }
  }

  /** How many bytes so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether CRC-32C is all that is computed. */
  get takesCrc32c(): boolean {
    return this.#hashes.size === 1 && this.#hashes.has("crc32c");
  }

  update(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    for (const hash of this.#hashes.values()) hash.update(chunk);
  }

  /** Hashes bytes that are all there, and lets others run meanwhile. */
  async updateInSteps(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    if (this.#hashes.size === 0) return;
    for (let offset = 0; offset < bytes.byteLength; offset += STEP_BYTES) {
      this.update(bytes.subarray(offset, offset + STEP_BYTES));
      await afterInputOutput();
      throwIfAborted(signal, "get");
    }
  }

  /** Ends the bytes; ChecksumMismatch unless they have every checksum. */
  finish(): void {
    const actual = new Map([...this.#hashes].map(([algorithm, hash]) => [algorithm, hash.digest()]));
    for (const text of this.#expected) this.#compare(text, actual.get(algorithmOf(text) as ChecksumAlgorithm) ?? text);
  }

  /** The same for `bytes` whose CRC-32C is known, where {@link takesCrc32c}. */
  finishWith(crc32c: number, bytes: number): void {
    this.#bytes = bytes;
    for (const text of this.#expected) this.#compare(text, formatChecksum(crc32c));
  }

  #compare(expected: string, actual: string): void {
    if (expected === actual) return;
    const { uri, backend } = this.#place;
    const bytes = this.#bytes;
    const message = `${uri}: expected ${expected}, read ${actual} over ${bytes} bytes`;
    const details = { operation: "get", uri, backend, bytes, expected, actual };
    throw new ObjectStoreError("ChecksumMismatch", message, details);
  }
}
