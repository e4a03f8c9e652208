import {
  batchesOf,
  checkBoolean,
  checkChoice,
  checkEndpoint,
  checkTags,
  checkText,
  codeOfConnection,
  codeOfStatus,
  forEachConcurrently,
  ListingCheck,
  withoutSecrets,
} from "@sluice/core";
import { expect, test } from "vitest";

const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`t${index}`, ""]));

test.each<[string, () => void]>([
  ["a text for a boolean", () => checkBoolean("yes", "flag", "open")],
  ["an empty text", () => checkText("", "name", "open")],
  ["a choice that is none", () => checkChoice("c", "name", ["a", "b"], "open")],
  ["no choice", () => checkChoice(undefined, "name", ["a", "b"], "open")],
  ["an endpoint without a scheme", () => checkEndpoint("storage.example.com", "open")],
  ["an endpoint of another scheme", () => checkEndpoint("ftp://storage.example.com", "open")],
  ["an endpoint with a query", () => checkEndpoint("https://storage.example.com?sig=x", "open")],
  ["an endpoint with a password", () => checkEndpoint("https://me:secret@storage.example.com", "open")],
  ["tags that are a list", () => checkTags(["a"], "open")],
  ["a tag that is a number", () => checkTags({ a: 1 }, "open")],
  ["a tag without a name", () => checkTags({ "": "a" }, "open")],
  ["eleven tags", () => checkTags(many, "open")],
])("%s is refused with InvalidArgument, naming the operation", (_, check) => {
  expect(check).toThrow(expect.objectContaining({ code: "InvalidArgument", operation: "open" }));
  expect(check).toThrow(/^open: (?!.*secret)/);
});

test("what is absent, or right, passes", () => {
  for (const check of [checkEndpoint, checkTags]) expect(() => check(undefined, "open")).not.toThrow();
  for (const check of [checkBoolean, checkText]) expect(() => check(undefined, "name", "open")).not.toThrow();
  expect(() => checkEndpoint("http://127.0.0.1:9000/account", "open")).not.toThrow();
  expect(() => checkTags({ team: "" }, "open")).not.toThrow();
  expect(() => checkChoice("b", "name", ["a", "b"], "open")).not.toThrow();
});

test("statuses and connection codes mean the same for every service, and other ones nothing", () => {
  expect([401, 403, 404, 408, 412, 429, 500, 503, 504, 507, 599].map(codeOfStatus)).toEqual([
    ...["Unauthenticated", "PermissionDenied", "NotFound", "Timeout", "PreconditionFailed", "Unavailable"],
    ...["Unavailable", "Unavailable", "Timeout", "NoSpace", "Unavailable"],
  ]);
  expect([200, 409, 418].map(codeOfStatus)).toEqual([undefined, undefined, undefined]);
  expect(["ECONNRESET", "ETIMEDOUT", "EISDIR"].map(codeOfConnection)).toEqual(["Unavailable", "Timeout", undefined]);
});

test("messages lose queries, signatures and keys", () => {
  const message = "no https://a.test/c/k?sv=1&sig=SECRET for AccountKey=SECRET and X-Amz-Signature: SECRET sig=SECRET";
  expect(withoutSecrets(message)).toBe("no https://a.test/c/k?… for AccountKey=… and X-Amz-Signature=… sig=…");
  expect(withoutSecrets("x".repeat(1000))).toHaveLength(300);
});

test("of concurrent failures the first in time is thrown, when all have ended", async () => {
  const ended: number[] = [];
  const work = async (turns: number): Promise<void> => {
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    ended.push(turns);
    throw new Error(`after ${turns}`);
  };
  await expect(forEachConcurrently([9, 1, 5, 0], 3, work)).rejects.toThrow("after 1");
  expect(ended).toEqual([1, 5, 9]);
});

test("batches hold all items in order", () => {
  expect([...batchesOf([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]]);
  expect([...batchesOf([], 2)]).toEqual([]);
});

test("a page is sorted by UTF-8 bytes, keys and prefixes together, and begins behind startAfter", () => {
  const object = (key: string) => ({ key, size: 0, etag: "e", lastModified: new Date(0) });
  const entries = [object("a"), object("\uFFFD"), object("\u{1F600}"), { prefix: "b/" }];
  const names = (startAfter?: string) =>
    new ListingCheck({ prefix: "", delimiter: "/", ...(startAfter && { startAfter }) })
      .acceptPage({ entries, nextToken: undefined })
      .entries.map((entry) => ("prefix" in entry ? entry.prefix : entry.key));
  expect(names()).toEqual(["a", "b/", "\uFFFD", "\u{1F600}"]);
  expect(names("b/")).toEqual(["\uFFFD", "\u{1F600}"]);
});
