import { isUint8Array } from "node:util/types";
import { ObjectStoreError } from "../errors.js";
import { checkInteger } from "../options.js";
import { combineCrc32c } from "./combine.js";
import { crc32cEngine } from "./native.js";
import { formatChecksum } from "./text.js";

/** A running CRC-32C (Castagnoli, as in RFC 3720). Reading the value consumes nothing. */
export class Crc32c {
  readonly #compute = crc32cEngine().compute;
  #value = 0;
  #byteLength = 0;

  /** Which implementation is in use; both give the same values. */
  static get engine(): "native" | "javascript" {
    return crc32cEngine().engine;
  }

  /** The value of `first` and `second` joined, where `second` has `secondBytes` bytes. */
  static combine(first: number, second: number, secondBytes: number): number {
    for (const value of [first, second]) checkInteger(value, "a CRC", 0, 0xffffffff, "Crc32c.combine");
    checkInteger(secondBytes, "secondBytes", 0, Number.MAX_SAFE_INTEGER, "Crc32c.combine");
    return combineCrc32c(first, second, secondBytes);
  }

  /** Appends bytes. */
  update(data: Uint8Array): this {
    if (!isUint8Array(data)) {
      throw new ObjectStoreError("InvalidArgument", "Crc32c.update takes a Uint8Array", { operation: "Crc32c.update" });
    }
    this.#value = this.#compute(data, this.#value);
    this.#byteLength += data.byteLength;
    return this;
  }

  /** Appends bytes of which the CRC-32C and the number are known, without reading them. */
  append(crc32c: number, byteLength: number): this {
    this.#value = Crc32c.combine(this.#value, crc32c, byteLength);
    this.#byteLength += byteLength;
    return this;
  }

  /** The unsigned 32-bit value of the bytes so far. */
  get value(): number {
    return this.#value;
  }

  /** How many bytes so far. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** The checksum of the bytes so far as `crc32c:` and 8 lower-case hex digits. */
  digest(): string {
    return formatChecksum(this.#value);
  }
}

/** The checksum of bytes, or of a string's UTF-8, as text: `crc32c("123456789")` is `crc32c:e3069283`. */
export function crc32c(data: Uint8Array | string): string {
  return new Crc32c().update(typeof data === "string" ? Buffer.from(data) : data).digest();
}
