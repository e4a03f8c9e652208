import { describe, expect, test } from "vitest";
import { crc32cEngine } from "../src/checksum/native.js";
import { slicingCrc32c } from "../src/checksum/slicing.js";
import { Crc32c, crc32c, formatChecksum, parseChecksum } from "../src/index.js";
import { randomBytes, seededRandom } from "./random.js";

const VECTORS: readonly (readonly [string, Uint8Array, string])[] = [
  ["nothing", new Uint8Array(0), "00000000"],
  ["123456789", Buffer.from("123456789"), "e3069283"],
  ["32 zero bytes", new Uint8Array(32), "8a9136aa"],
  ["32 × ff", new Uint8Array(32).fill(255), "62a8ab43"],
  ["00..1f", Uint8Array.from({ length: 32 }, (_, index) => index), "46dd794e"],
  ["1f..00", Uint8Array.from({ length: 32 }, (_, index) => 31 - index), "113fdb5c"],
];

describe("crc32c", () => {
  test.each(VECTORS)("of %s is the published value (RFC 3720, B.4)", (_name, data, hex) => {
    expect(crc32c(data)).toBe(`crc32c:${hex}`);
    expect(formatChecksum(slicingCrc32c(data))).toBe(`crc32c:${hex}`);
  });

  test("of a string is that of its UTF-8", () => {
    expect(crc32c("123456789")).toBe("crc32c:e3069283");
    expect(crc32c("é€😀")).toBe(crc32c(Buffer.from("é€😀")));
  });

  test("the native module is the one in use here", () => {
    expect(crc32cEngine().engine).toBe("native");
    expect(Crc32c.engine).toBe("native");
  });

  test("the fallback equals the native one on 10,000 random chunkings", () => {
    const seed = Date.now() % 2 ** 32;
    const random = seededRandom(seed);
    const native = crc32cEngine().compute;
    const data = randomBytes(8192, random);
    for (let round = 0; round < 10_000; round++) {
      const start = random(4096);
      const end = start + random(512);
      const cut = start + random(end - start + 1);
      const byFallback = slicingCrc32c(data.subarray(cut, end), slicingCrc32c(data.subarray(start, cut)));
      const byNative = native(data.subarray(start, end));
      if (byFallback !== byNative) throw new Error(`seed ${seed}, round ${round}: ${byFallback} is not ${byNative}`);
    }
  });

  test("combine equals the direct value for random cuts and for lengths above 4 GiB", () => {
    const seed = Date.now() % 2 ** 32;
    const random = seededRandom(seed);
    const data = randomBytes(20_000, random);
    for (let round = 0; round < 500; round++) {
      const end = random(data.length + 1);
      const cut = random(end + 1);
      const [first, second] = [data.subarray(0, cut), data.subarray(cut, end)].map((part) => new Crc32c().update(part));
      const combined = Crc32c.combine(first?.value ?? 0, second?.value ?? 0, end - cut);
      expect(combined, `seed ${seed}, round ${round}`).toBe(new Crc32c().update(data.subarray(0, end)).value);
    }
    // Appending zeros twice over must equal appending them at once, whatever their number.
    const huge = 5 * 2 ** 30 + 3;
    const zeros = zeroCrc(huge);
    const once = Crc32c.combine(0x12345678, Crc32c.combine(zeros, zeros, huge), huge * 2);
    const twice = Crc32c.combine(Crc32c.combine(0x12345678, zeros, huge), zeros, huge);
    expect(once).toBe(twice);
  });

  test("digest consumes nothing", () => {
    const crc = new Crc32c().update(Buffer.from("12345"));
    crc.digest();
    expect(crc.update(Buffer.from("6789")).digest()).toBe("crc32c:e3069283");
    expect(crc.byteLength).toBe(9);
  });

  test("refuses what is no bytes, no checksum and no length", () => {
    expect(() => new Crc32c().update("text" as never)).toThrow(/Uint8Array/);
    for (const text of ["", "e3069283", "crc32c:E3069283", "crc32c:e306928", "crc32:e3069283", 7]) {
      expect(() => parseChecksum(text, "test"), String(text)).toThrow(/8 lower-case hex digits/);
    }
    expect(() => Crc32c.combine(-1, 0, 0)).toThrow(/whole number/);
    expect(() => Crc32c.combine(0, 2 ** 32, 0)).toThrow(/whole number/);
    expect(() => Crc32c.combine(0, 0, 1.5)).toThrow(/whole number/);
  });
});

/** The CRC of `length` zero bytes by doubling. */
function zeroCrc(length: number): number {
  if (length === 0) return 0;
  const half = zeroCrc(Math.floor(length / 2));
  const doubled = Crc32c.combine(half, half, Math.floor(length / 2));
  return length % 2 === 0 ? doubled : Crc32c.combine(doubled, new Crc32c().update(new Uint8Array(1)).value, 1);
}
