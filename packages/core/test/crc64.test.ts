import { crc64Nvme } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { randomBytes, seededRandom } from "./random.js";

const hex = (bytes: Uint8Array): string => Buffer.from(crc64Nvme(bytes)).reverse().toString("hex");

describe("CRC-64/NVME", () => {
  test("published vectors", () => {
    expect(hex(new Uint8Array(0))).toBe("0000000000000000");
    // The check value of the CRC catalogue, and those of the NVM Express command set, section 5.2.1.3.4.
    expect(hex(Buffer.from("123456789"))).toBe("ae8b14860a799888");
    expect(hex(new Uint8Array(4096))).toBe("6482d367eb22b64e");
    expect(hex(new Uint8Array(4096).fill(0xff))).toBe("c0ddba7302eca3ac");
  });

  test("agrees with the definition, bit by bit, around its steps of 16 bytes and 64 KiB", () => {
    const all = randomBytes(2 * 65_536 + 40, seededRandom(64));
    for (const size of [1, 7, 15, 16, 17, 31, 33, 65_535, 65_536, 65_537, all.byteLength]) {
      expect(hex(all.subarray(0, size)), `${size} bytes`).toBe(bitByBit(all.subarray(0, size)));
    }
  });
});

/** In two halves of 32 bits, since big integers take too long. */
function bitByBit(bytes: Uint8Array): string {
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    for (let bit = 0; bit < 8; bit++) {
      const carry = low & 1;
      low = ((low >>> 1) | ((high & 1) << 31)) >>> 0;
      high >>>= 1;
      if (carry === 1) {
        high = (high ^ 0x9a6c9329) >>> 0;
        low = (low ^ 0xac4bc9b5) >>> 0;
      }
    }
  }
  return [~high, ~low].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
