import { describe, expect, it } from "vitest";
import { createRecipe } from "../src/index.js";
import { gearTable, masksOf } from "../src/measure/fastcdc.js";
import { MeterKernel, WINDOW_BYTES } from "../src/measure/meter-kernel.js";
import { contentOf } from "./content.js";

/** The lengths of the chunks of `bytes`, handed over a window at a time. */
function chunksOf(bytes: Uint8Array, kernel: MeterKernel, windowBytes: number = WINDOW_BYTES): number[] {
  const lengths: number[] = [];
  let done = 0;
  do {
    const part = bytes.subarray(done, done + windowBytes);
    kernel.window.set(part);
    done += part.byteLength;
    kernel.chunks(part.byteLength, done === bytes.byteLength, (_high, _low, length) => lengths.push(length));
  } while (done < bytes.byteLength);
  return lengths;
}

/** FastCDC a second time, straight from the paper's algorithm 1. */
function referenceChunks(bytes: Uint8Array, min: number, average: number, max: number): number[] {
  const gear = gearTable();
  const { strict, loose } = masksOf({ minBytes: min, averageBytes: average, maxBytes: max });
  const lengths: number[] = [];
  for (let start = 0; start < bytes.byteLength; ) {
    const rest = Math.min(bytes.byteLength - start, max);
    let hash = 0n;
    let length = rest;
    for (let i = min; i < rest; i++) {
      hash = BigInt.asUintN(64, (hash << 1n) + (gear[bytes[start + i] as number] as bigint));
      if ((hash & (i < average ? strict : loose)) !== 0n) continue;
      length = i;
      break;
    }
    lengths.push(length);
    start += length;
  }
  return lengths;
}

describe("FastCDC", () => {
  it("has the published gear table and masks", () => {
    const gear = gearTable();
    // The first words of the table in destor and in the fastcdc crate.
    expect([...gear.subarray(0, 4)].map((word) => word.toString(16))).toEqual([
      ...["3b5d3c7d207e37dc", "784d68ba91123086", "cd52880f882e7298", "eacf8e4e19fdcca7"],
    ]);
    expect(masksOf({ minBytes: 4096, averageBytes: 16_384, maxBytes: 65_535 })).toEqual({
      ...{ strict: 0xd90f03530000n, loose: 0xd90303530000n },
    });
  });

  it("cuts zeros at the greatest length, as the fastcdc crate's test has it", () => {
    const kernel = new MeterKernel({ minBytes: 64, averageBytes: 256, maxBytes: 1024 });
    expect(chunksOf(new Uint8Array(10_240), kernel)).toEqual(Array(10).fill(1024));
  });

  it("cuts as the reference does, however the bytes come", () => {
    const bytes = contentOf(createRecipe({ size: 1_500_000, seed: 11n, compress: 1.3 }));
    const expected = referenceChunks(bytes, 4096, 16_384, 65_536);
    expect(expected.length).toBeGreaterThan(50);
    for (const windowBytes of [WINDOW_BYTES, 70_000, 1000]) {
      expect(chunksOf(bytes, new MeterKernel(), windowBytes)).toEqual(expected);
    }
    expect(chunksOf(bytes.subarray(0, 3000), new MeterKernel())).toEqual([3000]);
  });

  it("finds its cuts again behind an insertion", () => {
    const bytes = contentOf(createRecipe({ size: 1_000_000, seed: 12n }));
    const ends = (lengths: readonly number[]) => {
      let end = 0;
      return lengths.map((length) => (end += length));
    };
    const before = ends(chunksOf(bytes, new MeterKernel()));
    const after = ends(chunksOf(Buffer.concat([Buffer.from("inserted"), bytes]), new MeterKernel()));
    const kept = before.filter((end) => after.includes(end + 8));
    expect(kept.length).toBeGreaterThan(before.length * 0.8);
  });
});

describe("XXH64", () => {
  it.each([
    ["", "ef46db3751d8e999"],
    ["a", "d24ec4f1a98c6e5b"],
    ["abc", "44bc2cf5ad770999"],
    ["Nobody inspects the spammish repetition", "fbcea83c8a378bf1"],
  ])("of %j is the published one", (text, expected) => {
    expect(new MeterKernel().hash(Buffer.from(text)).toString(16)).toBe(expected);
  });
});
