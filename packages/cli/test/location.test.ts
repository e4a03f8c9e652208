import { expect, test } from "vitest";
import { intoFolder, nameOf, schemeOf, toUri } from "../src/location.js";
import { contentName } from "../src/read-options.js";

test("plain paths mean files, verbatim; URIs stay as they are", () => {
  const uris = ["x", "./x/", "../x", "/a b/%20#?*", "/", ".", "a:b", "memory", "S3://b/k", "file:///x//../y"];
  expect(uris.map((text) => toUri(text, "/data"))).toEqual([
    "file:///data/x",
    "file:///data/x/",
    "file:///x",
    "file:///a b/%20#?*",
    "file:///",
    "file:///data/",
    "file:///data/a:b",
    "file:///data/memory",
    "S3://b/k",
    "file:///x//../y",
  ]);
  for (const text of ["", "s3:b/k", "file:/x", "memory:x"]) {
    expect(() => toUri(text, "/data")).toThrow(expect.objectContaining({ code: "Usage" }));
  }
});

test("names, folders and schemes", () => {
  expect(nameOf("s3://b/a/c d")).toBe("c d");
  expect(intoFolder("s3://b/a/", "x")).toBe("s3://b/a/x");
  expect(intoFolder("s3://b/a", "x")).toBe("s3://b/a");
  expect(schemeOf("FILE:///x")).toBe("file");
  expect(["a.bin.zst", "a.gz", "a.bin", ".zst"].map((name) => contentName(name, true))).toEqual([
    "a.bin",
    "a",
    "a.bin",
    ".zst",
  ]);
  expect(contentName("a.zst", false)).toBe("a.zst");
});
