import { expect, test } from "vitest";
import { formatCount, formatDuration, formatName, formatRate, formatSize } from "../src/format.js";

test("sizes have three digits", () => {
  const sizes = [0, 1, 1023, 1024, 1536, 64 << 20, 1023.9 * 1024, 2 ** 30 - 1, 1.5 * 2 ** 30, 123.4 * 2 ** 40, 2 ** 53];
  expect(sizes.map(formatSize)).toEqual([
    "0 B",
    "1 B",
    "1023 B",
    "1 KiB",
    "1.5 KiB",
    "64 MiB",
    "1 MiB",
    "1 GiB",
    "1.5 GiB",
    "123 TiB",
    "8 PiB",
  ]);
});

test("rates, durations and counts", () => {
  expect(formatRate(1 << 20, 500)).toBe("2 MiB/s");
  expect(formatRate(1 << 20, 0)).toBe("1000 MiB/s");
  expect([0, 999.4, 999.6, 1000, 59_949, 59_951, 65_000, 3_599_600, 7_380_000].map(formatDuration)).toEqual([
    "0 ms",
    "999 ms",
    "1.0 s",
    "1.0 s",
    "59.9 s",
    "1 min 0 s",
    "1 min 5 s",
    "1 h 0 min",
    "2 h 3 min",
  ]);
  expect([0, 1, 2].map((count) => formatCount(count, "object"))).toEqual(["0 objects", "1 object", "2 objects"]);
});

test("names can't steer the terminal", () => {
  expect(formatName("a b%20#é😀.bin")).toBe("a b%20#é😀.bin");
  expect(formatName("a\u001b[2Jb\nc\u009b")).toBe('"a\\u001b[2Jb\\u000ac\\u009b"');
});
