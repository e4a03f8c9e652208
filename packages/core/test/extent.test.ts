import { type AskedRange, extentOf, type RangeAnswer } from "@sluice/core";
import { expect, test } from "vitest";

const ASKED = { start: 4, end: 8 };

test.each<[string, Partial<RangeAnswer>, AskedRange, object]>([
  ["all that was asked for", { contentRange: "bytes 4-7/10", contentLength: 4 }, ASKED, { start: 4, end: 8, size: 10 }],
  ["up to the end", { contentRange: "bytes 4-5/6", contentLength: 2 }, ASKED, { start: 4, end: 6, size: 6 }],
  ["less than asked for", { contentRange: "bytes 4-5/10", contentLength: 2 }, ASKED, { start: 4, end: 6, size: 10 }],
  ["no Content-Length", { contentRange: "bytes 4-7/10" }, ASKED, { start: 4, end: 8, size: 10 }],
  ["upper case and spaces", { contentRange: " Bytes  4-7/10 " }, ASKED, { start: 4, end: 8, size: 10 }],
  ["the last bytes", { contentRange: "bytes 7-9/10" }, { suffix: 3 }, { start: 7, end: 10, size: 10 }],
  ["more last bytes than there are", { contentRange: "bytes 0-9/10" }, { suffix: 30 }, { start: 0, end: 10, size: 10 }],
  ["a whole object", { isPartial: false, contentLength: 10 }, ASKED, { start: 0, end: 10, size: 10 }],
  ["a whole object of no bytes", { isPartial: false, contentLength: 0 }, ASKED, { start: 0, end: 0, size: 0 }],
])("an answer with %s is believed", (_, answer, asked, extent) => {
  expect(extentOf({ isPartial: true, ...answer }, asked)).toEqual(extent);
});

test.each<[string, Partial<RangeAnswer>, AskedRange]>([
  ["no Content-Range", { contentLength: 4 }, ASKED],
  ["an empty one", { contentRange: "", contentLength: 4 }, ASKED],
  ["an unknown size", { contentRange: "bytes 4-7/*", contentLength: 4 }, ASKED],
  ["unknown bytes", { contentRange: "bytes */10", contentLength: 4 }, ASKED],
  ["no size", { contentRange: "bytes 4-7", contentLength: 4 }, ASKED],
  ["an equals sign", { contentRange: "bytes=4-7/10", contentLength: 4 }, ASKED],
  ["no unit", { contentRange: "4-7/10", contentLength: 4 }, ASKED],
  ["another unit", { contentRange: "items 4-7/10", contentLength: 4 }, ASKED],
  ["two ranges", { contentRange: "bytes 4-7/10, bytes 8-9/10", contentLength: 4 }, ASKED],
  ["spaces inside", { contentRange: "bytes 4 - 7 / 10", contentLength: 4 }, ASKED],
  ["hexadecimal numbers", { contentRange: "bytes 0x4-0x7/0xa", contentLength: 4 }, ASKED],
  ["a negative start", { contentRange: "bytes -4-7/10", contentLength: 4 }, ASKED],
  ["a size that is no safe integer", { contentRange: "bytes 4-7/99999999999999999999", contentLength: 4 }, ASKED],
  ["an earlier start", { contentRange: "bytes 3-7/10", contentLength: 5 }, ASKED],
  ["a later start", { contentRange: "bytes 5-7/10", contentLength: 3 }, ASKED],
  ["a later end", { contentRange: "bytes 4-8/10", contentLength: 5 }, ASKED],
  ["an end before the start", { contentRange: "bytes 4-3/10", contentLength: 0 }, ASKED],
  ["an end behind the size", { contentRange: "bytes 4-7/7", contentLength: 4 }, ASKED],
  ["fewer bytes than it says", { contentRange: "bytes 4-7/10", contentLength: 3 }, ASKED],
  ["more bytes than it says", { contentRange: "bytes 4-7/10", contentLength: 5 }, ASKED],
  ["first bytes instead of last ones", { contentRange: "bytes 0-2/10", contentLength: 3 }, { suffix: 3 }],
  ["a Content-Range that can't be read and status 200", { isPartial: false, contentRange: "bytes 4-7/*" }, ASKED],
  ["a length that is no number and status 200", { isPartial: false, contentLength: Number.NaN }, ASKED],
])("an answer with %s is not believed", (_, answer, asked) => {
  expect(() => extentOf({ isPartial: true, ...answer }, asked)).toThrow(
    expect.objectContaining({ code: "Unavailable", retryable: true }),
  );
});

test("a whole object of unknown length is not supported", () => {
  expect(() => extentOf({ isPartial: false }, ASKED)).toThrow(expect.objectContaining({ code: "Unsupported" }));
});
