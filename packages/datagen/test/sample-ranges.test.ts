import { expect, it } from "vitest";
import { SAMPLE_BYTES, sampleRanges } from "../src/index.js";
import { refuses } from "./refuses.js";

const GIB = 1 << 30;

it("draws its share, in order, spread over the object, and the same again", () => {
  const ranges = [...sampleRanges(GIB, 0.1, 7n, 0)];
  expect(ranges.length).toBeGreaterThanOrEqual(98);
  expect(ranges.length).toBeLessThanOrEqual(103);
  expect([...sampleRanges(GIB, 0.1, 7n, 0)]).toEqual(ranges);
  expect([...sampleRanges(GIB, 0.1, 8n, 0)]).not.toEqual(ranges);
  expect([...sampleRanges(GIB, 0.1, 7n, 1)]).not.toEqual(ranges);
  for (const [i, { start, end }] of ranges.entries()) {
    expect(start % SAMPLE_BYTES).toBe(0);
    expect(end - start).toBe(SAMPLE_BYTES);
    if (i > 0) expect(start).toBeGreaterThanOrEqual(ranges[i - 1]?.end ?? 0);
  }
});

it("covers everything at a share of 1", () => {
  const size = 10 * SAMPLE_BYTES + 5;
  const ranges = [...sampleRanges(size, 1, 1n, 0)];
  expect(ranges.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(size);
  expect([...sampleRanges(0, 1, 1n, 0)]).toEqual([]);
});

it("draws small objects as often as the share says", () => {
  let drawn = 0;
  for (let index = 0; index < 20_000; index++) drawn += [...sampleRanges(4096, 0.05, 3n, index)].length;
  // 1,000 expected, with a deviation of 31.
  expect(Math.abs(drawn - 1000)).toBeLessThan(160);
});

it("refuses what is outside of its limits", () => {
  refuses(() => [...sampleRanges(-1, 0.1, 1n, 0)], "InvalidArgument", /size/);
  refuses(() => [...sampleRanges(1, 0, 1n, 0)], "InvalidArgument", /share/);
  refuses(() => [...sampleRanges(1, 1.1, 1n, 0)], "InvalidArgument", /share/);
  refuses(() => [...sampleRanges(1, 1, 1 as never, 0)], "InvalidArgument", /seed/);
});
