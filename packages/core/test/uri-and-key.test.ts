import { describe, expect, test } from "vitest";
import { compareKeys, formatObjectUri, parseObjectUri, resolveRange } from "../src/index.js";
import { checkKey } from "../src/key.js";
import { seededRandom } from "./random.js";

describe("object URIs", () => {
  test.each([
    ["s3://bucket/run-7/shard-0.bin", "s3", "bucket", "run-7/shard-0.bin"],
    ["file:///abs/dir/key", "file", "", "abs/dir/key"],
    ["memory://name/a b+c%20#d?e//f/😀", "memory", "name", "a b+c%20#d?e//f/😀"],
    ["az://container", "az", "container", ""],
    ["S3://Bucket/Key", "s3", "Bucket", "Key"],
    ["s3://bucket/line\nbreak", "s3", "bucket", "line\nbreak"],
  ])("%s is taken apart verbatim", (uri, scheme, authority, path) => {
    expect(parseObjectUri(uri)).toEqual({ scheme, authority, path });
    expect(parseObjectUri(formatObjectUri({ scheme, authority, path }))).toEqual({ scheme, authority, path });
  });

  test.each(["", "key", "/abs/path", "s3:bucket/key", "://x", "7z://x/y", undefined, 7])("%s is refused", (uri) => {
    expect(() => parseObjectUri(uri as string)).toThrow(expect.objectContaining({ code: "InvalidArgument" }));
  });

  test("credentials in a URI are refused and not repeated in the message", () => {
    expect(() => parseObjectUri("s3://id:secret@bucket/key")).toThrow(
      expect.objectContaining({ code: "InvalidArgument", message: expect.not.stringContaining("secret") }),
    );
  });
});

describe("keys", () => {
  test.each([
    ["", "empty"],
    ["a\0b", "NUL"],
    ["\ud800", "surrogate"],
    ["é".repeat(6), "12 bytes"],
    [7, "string"],
  ])("%j is refused", (key, reason) => {
    expect(() => checkKey(key, 10, "test")).toThrow(new RegExp(reason));
  });

  test("are ordered by UTF-8 bytes, as Buffer.compare orders them", () => {
    const seed = Date.now() % 2 ** 32;
    const random = seededRandom(seed);
    const alphabet = ["a", "-", "/", "0", "é", "\uD7FF", "\uE000", "\uFFFD", "😀", "\u{10FFFF}"];
    const word = () => Array.from({ length: random(5) }, () => alphabet[random(alphabet.length)]).join("");
    for (let round = 0; round < 5000; round++) {
      const [first, second] = [word(), word()];
      const expected = Buffer.compare(Buffer.from(first), Buffer.from(second));
      expect(Math.sign(compareKeys(first, second)), `seed ${seed}: ${first} ${second}`).toBe(expected);
    }
  });
});

test("ranges are clamped as slice would", () => {
  const data = Uint8Array.from({ length: 10 }, (_, index) => index);
  for (let start = 0; start <= 12; start++) {
    for (let end = start; end <= 14; end++) {
      const range = resolveRange({ start, end }, 10);
      expect(data.subarray(range.start, range.end)).toEqual(data.slice(start, end));
    }
    const suffix = resolveRange({ suffix: start }, 10);
    expect(suffix.end - suffix.start).toBe(Math.min(start, 10));
  }
});
