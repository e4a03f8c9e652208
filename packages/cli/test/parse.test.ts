import { describe, expect, test } from "vitest";
import { parseDuration } from "../src/parse-duration.js";
import { parseFactor, parseSeed, wholeNumber } from "../src/parse-number.js";
import { parseRange } from "../src/parse-range.js";
import { parseSize } from "../src/parse-size.js";

const usage = expect.objectContaining({ code: "Usage" });

describe("sizes", () => {
  test.each([
    ["0", 0],
    ["4096", 4096],
    ["10B", 10],
    ["64MiB", 64 << 20],
    ["64mib", 64 << 20],
    ["64 MiB", 64 << 20],
    ["1.5GB", 1_500_000_000],
    ["1.5GiB", 1_610_612_736],
    ["0.1KB", 100],
    ["1K", 1024],
    ["2M", 2 << 20],
    ["1G", 2 ** 30],
    ["1T", 2 ** 40],
    ["3TB", 3e12],
    ["1PiB", 2 ** 50],
    ["0.001KB", 1],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ])("%s is %d bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each([
    "",
    " ",
    "-1",
    "+1",
    "1e6",
    "0x10",
    "1_000",
    "1,5MB",
    "MiB",
    ".5MiB",
    "1.MiB",
    "64 MiB ",
    "64  MiB",
    "64Mib/s",
    "64XB",
    "64constructor",
    "NaN",
    "Infinity",
    "１",
  ])("%j is refused", (text) => {
    expect(() => parseSize(text)).toThrow(usage);
  });

  test("a fraction of a byte is refused, however small", () => {
    for (const text of ["1.5", "0.3KiB", "1.0000000001GB"]) expect(() => parseSize(text)).toThrow(/no whole number/);
  });

  test("what a number can't hold exactly is refused", () => {
    for (const text of ["9007199254740992", "8PiB", "9999999999999999PB"]) {
      expect(() => parseSize(text)).toThrow(/too large/);
    }
  });
});

describe("ranges", () => {
  test.each([
    ["0:10", { start: 0, end: 10 }],
    ["1MiB:2MiB", { start: 1 << 20, end: 2 << 20 }],
    ["5:", { start: 5 }],
    [":10", { start: 0, end: 10 }],
    ["-10:", { suffix: 10 }],
    ["3:3", { start: 3, end: 3 }],
  ])("%s", (text, range) => {
    expect(parseRange(text)).toEqual(range);
  });

  test.each(["", ":", "10", "1:2:3", "-10", "-10:5", "a:b", "5:-1", "2:1", "0-10"])("%j is refused", (text) => {
    expect(() => parseRange(text)).toThrow(usage);
  });
});

test("durations", () => {
  expect(["0s", "250ms", "30s", "90m", "24h", "7d"].map(parseDuration)).toEqual([
    0, 250, 30_000, 5_400_000, 86_400_000, 604_800_000,
  ]);
  for (const text of ["", "24", "h", "1.5h", "-1h", "1w", "24 H"]) expect(() => parseDuration(text)).toThrow(usage);
});

test("whole numbers, factors and seeds", () => {
  expect(wholeNumber(1, 64)("64")).toBe(64);
  for (const text of ["0", "65", "1.5", "-1", "", "1e1", " 1"]) expect(() => wholeNumber(1, 64)(text)).toThrow(usage);
  expect(parseFactor("1.5")).toBe(1.5);
  for (const text of ["", "x", "-1", "1e3", "1."]) expect(() => parseFactor(text)).toThrow(usage);
  expect(parseSeed("18446744073709551615")).toBe(0xffffffffffffffffn);
  for (const text of ["", "-1", "0x7", "1.0"]) expect(() => parseSeed(text)).toThrow(usage);
});
