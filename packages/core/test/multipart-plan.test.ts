import { describe, expect, test } from "vitest";
import { isObjectStoreError } from "../src/errors.js";
import { type PartLimits, type PartPlanOptions, planParts } from "../src/multipart/part-plan.js";

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const S3: PartLimits = { maxParts: 10_000, minPartBytes: 5 * MIB, maxPartBytes: 5 * GIB, maxObjectBytes: 5 * TIB };
/** https://learn.microsoft.com/azure/storage/blobs/scalability-targets */
const AZURE: PartLimits = {
  maxParts: 50_000,
  minPartBytes: 1,
  maxPartBytes: 4000 * MIB,
  maxObjectBytes: 50_000 * 4000 * MIB,
};

/** The sizes of all parts of an object that turns out to have `bytes`. */
function cut(limits: PartLimits, options: PartPlanOptions, bytes: number): number[] {
  const plan = planParts(limits, options, "createWriter");
  const parts: number[] = [];
  for (let offset = 0; offset < bytes; ) {
    const part = Math.min(plan.partBytesAt(offset), bytes - offset);
    parts.push(part);
    offset += part;
  }
  return parts;
}

function expectWithin(parts: readonly number[], limits: PartLimits, bytes: number): void {
  expect(parts.length).toBeLessThanOrEqual(limits.maxParts);
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(bytes);
  for (const part of parts.slice(0, -1)) {
    expect(part).toBeGreaterThanOrEqual(limits.minPartBytes);
    expect(part).toBeLessThanOrEqual(limits.maxPartBytes);
  }
}

const PARTS: readonly (readonly [string, PartLimits, number])[] = [
  ["S3, 5 MiB", S3, 5 * MIB],
  ["S3, 16 MiB", S3, 16 * MIB],
  ["S3, 1 GiB", S3, GIB],
  ["S3, 5 GiB", S3, 5 * GIB],
  ["Azure, 64 KiB", AZURE, 64 * KIB],
  ["Azure, 16 MiB", AZURE, 16 * MIB],
  ["Azure, 4000 MiB", AZURE, 4000 * MIB],
];

describe.each(PARTS)("%s", (_, limits, partBytes) => {
  const sizes = [
    0,
    1,
    partBytes,
    partBytes + 1,
    limits.maxParts * partBytes,
    limits.maxParts * partBytes + 1,
    48.8 * GIB,
  ];
  const fitting = [...sizes.map(Math.floor).filter((size) => size <= limits.maxObjectBytes), limits.maxObjectBytes];

  test.each(fitting)("an object of %d bytes fits, whether its size is known or not", (bytes) => {
    const known = cut(limits, { partBytes, storedBytes: bytes }, bytes);
    expectWithin(known, limits, bytes);
    expect(new Set(known.slice(0, -1)).size).toBeLessThanOrEqual(1);
    const unknown = Math.min(bytes, Math.floor(0.9 * limits.maxParts * limits.maxPartBytes));
    expectWithin(cut(limits, { partBytes }, unknown), limits, unknown);
  });

  test("parts of an object of unknown size never shrink, and begin with the size asked for", () => {
    const parts = cut(limits, { partBytes }, limits.maxObjectBytes).slice(0, -1);
    expect(parts[0]).toBe(partBytes);
    for (const [index, part] of parts.entries()) expect(part).toBeGreaterThanOrEqual(parts[index - 1] ?? 0);
  });
});

test("on S3 parts of 16 MiB stay so for the first 20 GB", () => {
  expect(new Set(cut(S3, { partBytes: 16 * MIB }, 20e9).slice(0, -1))).toEqual(new Set([16 * MIB]));
});

test("equal parts stay equal", () => {
  const parts = cut(S3, { partBytes: 16 * MIB, equalParts: true }, 150 * GIB);
  expect(new Set(parts)).toEqual(new Set([16 * MIB]));
});

test.each([
  ["a part below the smallest", { partBytes: MIB }, "InvalidArgument"],
  ["a part above the largest", { partBytes: 6 * GIB }, "InvalidArgument"],
  ["half a byte", { partBytes: 5 * MIB + 0.5 }, "InvalidArgument"],
  ["an object above the largest", { partBytes: 5 * MIB, storedBytes: 5 * TIB + 1 }, "Unsupported"],
] as const)("refuses %s", (_, options, code) => {
  let error: unknown;
  try {
    planParts(S3, options, "createWriter");
  } catch (thrown) {
    error = thrown;
  }
  expect(isObjectStoreError(error, code)).toBe(true);
});
