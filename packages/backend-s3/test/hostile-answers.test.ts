import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { S3Client } from "@aws-sdk/client-s3";
import { crc32c, type ObjectStore } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { openS3Store, type S3Store } from "../src/index.js";
import { type Answer, errorAnswer, inTurn, OWN, storeAnswering, WINDOW } from "./answering.js";

const CONTENT = "content";
const MD5 = `"${createHash("md5").update(CONTENT).digest("hex")}"`;
const FACTS = { ...OWN, etag: MD5, "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT", "content-length": "7" };
const FOUND: Answer = { status: 200, headers: { ...FACTS, "content-type": "application/octet-stream" } };
const PAGE = "<!doctype html>\n<html lang=en>\n<title>Sign in</title>\n<h1>Sign in</h1>\n</html>";

const xml = (body: string): Answer => ({ status: 200, headers: OWN, body: `<?xml version="1.0"?>\n${body}` });

const NO_UPLOADS = xml("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>");

/** What is no answer of S3's to anything. */
const FOREIGN: readonly (readonly [string, Answer])[] = [
  ["a web page", { status: 200, headers: { "content-type": "text/html" }, body: PAGE }],
  ["an empty answer", { status: 200, headers: { "content-length": "0" } }],
  ["JSON", { status: 200, headers: { "content-type": "application/json" }, body: '{"ok":true}' }],
  ["XML of something else", { status: 200, body: "<feed><entry/></feed>" }],
  ["XML that is cut", { status: 200, body: "<ListBucketResult><IsTruncated>false</IsTruncated>" }],
  ["a way to a sign-in page", { status: 302, headers: { location: "/sign-in" }, body: PAGE }],
  ["a missing web page", { status: 404, headers: { "content-type": "text/html" }, body: PAGE }],
  ["an empty 404", { status: 404, headers: { "content-length": "0" } }],
  ["an error of another service", { status: 404, body: "<Error><Code>BlobNotFound</Code></Error>" }],
  ["a web page for a condition", { status: 412, headers: { "content-type": "text/html" }, body: PAGE }],
  ["a web page for a conflict", { status: 409, headers: { "content-type": "text/html" }, body: PAGE }],
];

type Operation = (store: S3Store) => Promise<unknown>;

/** Each operation, and the requests whose answers tell how it went. */
const OPERATIONS: readonly (readonly [string, (request: IncomingMessage) => boolean, Operation])[] = [
  ["put", isMethod("PUT"), (store) => store.put("key", CONTENT)],
  ["put ifNotExists", isMethod("PUT"), (store) => store.put("key", CONTENT, { ifNotExists: true })],
  ["put of parts", isMethod("POST"), (store) => store.put("key", new Uint8Array(6 << 20))],
  ["get", isMethod("GET"), async (store) => (await store.get("key")).text()],
  ["getRange", isMethod("GET"), (store) => store.getRange("key", { start: 2, end: 4 })],
  ["head", isMethod("HEAD", "GET"), (store) => store.head("key")],
  ["exists", isMethod("HEAD", "GET"), (store) => store.exists("key")],
  ["list", isMethod("GET"), (store) => keysOf(store)],
  ["delete", isMethod("DELETE"), (store) => store.delete("key")],
  ["delete mustExist", isMethod("HEAD", "GET"), (store) => store.delete("key", { mustExist: true })],
  ["deleteMany", isMethod("POST", "DELETE"), (store) => deleteAll(store, ["a", "b"])],
  ["deleteMany of keys that XML can't hold", isMethod("DELETE"), (store) => deleteAll(store, ["a\u0001"])],
  ["copy", isMethod("PUT"), (store) => store.copy("key", "target")],
  ["rename", isMethod("PUT"), (store) => store.rename("key", "target")],
  ["sweepStaleUploads", isMethod("GET"), (store) => store.sweepStaleUploads()],
  ["createBucket", isMethod("PUT", "GET"), (store) => store.createBucket()],
  ["deleteBucket", isMethod("DELETE"), (store) => store.deleteBucket()],
];

function isMethod(...methods: readonly string[]): (request: IncomingMessage) => boolean {
  return ({ method = "" }) => methods.includes(method);
}

/** What S3 says where the answer that counts is another's: no object is stored, and none is removed. */
function rightAnswer({ method, url = "" }: IncomingMessage, isPut: boolean): Answer {
  if (method === "HEAD") return isPut ? { status: 404, headers: OWN } : FOUND;
  if (url.includes("uploads")) return NO_UPLOADS;
  if (url.includes("list-type")) return page(["a"]);
  return { ...FOUND, body: CONTENT };
}

describe.each(OPERATIONS)("%s", (operation, isJudged, run) => {
  test.each(FOREIGN)("%s is no success and no absence", async (_, foreign) => {
    const store = await storeAnswering((request) => {
      return isJudged(request) ? foreign : rightAnswer(request, operation.startsWith("put"));
    });
    await expect(run(store)).rejects.toMatchObject({ code: "Unavailable" });
  });
});

test.each<[string, Operation, Answer]>([
  ["HeadObject without a length", (store) => store.head("key"), without("content-length")],
  ["HeadObject without an ETag", (store) => store.head("key"), without("etag")],
  ["HeadObject without a date", (store) => store.head("key"), without("last-modified")],
  ["GetObject without an ETag", (store) => store.get("key"), { ...without("etag"), body: CONTENT }],
  ["PutObject without an ETag", (store) => store.put("key", CONTENT), { status: 200, headers: OWN }],
  ["PutObject with an ETag and a page", (store) => store.put("key", CONTENT), { ...FOUND, body: PAGE.slice(0, 7) }],
])("%s is not believed", async (_, run, answer) => {
  const store = await storeAnswering(({ method }) =>
    method === "HEAD" && answer.body !== undefined ? { status: 404, headers: OWN } : answer,
  );
  await expect(run(store)).rejects.toMatchObject({ code: "Unavailable" });
});

function without(name: string): Answer {
  return { status: 200, headers: Object.fromEntries(Object.entries(FACTS).filter(([header]) => header !== name)) };
}

describe("an answer that is not S3's to a put that worked", () => {
  test.each(FOREIGN.slice(0, 6))("%s: the object is looked at, and is ours", async (_, foreign) => {
    const store = await storeAnswering(({ method }) => (method === "HEAD" ? FOUND : foreign));
    expect(await store.put("key", CONTENT)).toMatchObject({ etag: MD5, checksum: crc32c(Buffer.from(CONTENT)) });
  });

  test.each([
    ["other bytes", { ...FACTS, etag: '"e"' }],
    ["another content type", { ...FACTS, "content-type": "text/plain" }],
    ["other metadata", { ...FACTS, "content-type": "application/octet-stream", "x-amz-meta-a": "b" }],
  ])("an object with %s is not ours", async (_, headers) => {
    const [[, foreign]] = FOREIGN as readonly [readonly [string, Answer]];
    const store = await storeAnswering(({ method }) => (method === "HEAD" ? { status: 200, headers } : foreign));
    await expect(store.put("key", CONTENT)).rejects.toMatchObject({ code: "Unavailable" });
  });
});

describe("a server without request ids", () => {
  const PLAIN: Answer = {
    status: 200,
    headers: { ...without("x-amz-request-id").headers, "content-type": "text/html" },
  };
  const MISSING: Answer = { ...errorAnswer(404, "NoSuchKey"), headers: {} };

  test("is believed where GetObject says the same as HeadObject", async () => {
    const store = await storeAnswering(({ method, url = "" }) => {
      if (url.startsWith("/bucket/missing")) return method === "HEAD" ? { status: 404 } : MISSING;
      if (method === "DELETE") return { status: 204 };
      if (method === "HEAD") return PLAIN;
      return {
        status: 206,
        headers: { ...PLAIN.headers, "content-length": "1", "content-range": "bytes 0-0/7" },
        body: "c",
      };
    });
    expect(await store.exists("missing")).toBe(false);
    await expect(store.head("missing")).rejects.toMatchObject({ code: "NotFound" });
    expect((await store.head("key")).size).toBe(7);
    await store.delete("missing");
    await expect(store.delete("key")).rejects.toMatchObject({ code: "Unavailable" });
  });

  test.each<[string, Answer, Answer]>([
    ["an absence that GetObject denies", { status: 404 }, { ...FOUND, body: CONTENT }],
    ["a web page that GetObject does not find", PLAIN, MISSING],
    ["a web page that GetObject gives too", PLAIN, { ...PLAIN, body: CONTENT }],
    ["a web page of another ETag", PLAIN, { ...FOUND, headers: { ...FOUND.headers, etag: '"e"' }, body: CONTENT }],
  ])("%s is no answer", async (_, head, byte) => {
    const store = await storeAnswering(({ method }) => (method === "HEAD" ? head : byte));
    await expect(store.head("key")).rejects.toMatchObject({ code: "Unavailable" });
    await expect(store.exists("key")).rejects.toMatchObject({ code: "Unavailable" });
  });
});

/** A page of a listing; `rest` comes behind its entries. */
function page(keys: readonly string[], rest = "<IsTruncated>false</IsTruncated>", facts = ENTRY_FACTS): Answer {
  const contents = keys.map((key) => `<Contents><Key>${key}</Key>${facts}</Contents>`).join("");
  return xml(`<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${contents}${rest}</ListBucketResult>`);
}

const ENTRY_FACTS = "<Size>1</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag>";
const LAST = "<IsTruncated>false</IsTruncated>";
const more = (token: string) =>
  `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;

test.each<[string, readonly Answer[]]>([
  ["a page that is not the last and has no token", [page(["a"], "<IsTruncated>true</IsTruncated>")]],
  ["one whose token is empty", [page(["a"], more(""))]],
  ["a page that does not say whether it is the last", [page(["a"], "")]],
  ["one that says so twice", [page(["a"], LAST + LAST)]],
  ["one that says neither yes nor no", [page(["a"], "<IsTruncated>maybe</IsTruncated>")]],
  ["a last page with a token", [page(["a"], more("1").replace("true", "false"))]],
  ["a token that comes again", [page(["a"], more("1")), page([], more("1"))]],
  ["tokens in turns", [page([], more("1")), page([], more("2")), page([], more("1"))]],
  ["an empty answer behind the first page", [page(["a"], more("1")), { status: 200 }]],
  ["a page of the first again", [page(["a"], more("1")), page(["a"])]],
  ["keys out of order", [page(["b", "a"])]],
  ["a key twice", [page(["a", "a"])]],
  ["an entry without a key", [xml(`<ListBucketResult><Contents>${ENTRY_FACTS}</Contents>${LAST}</ListBucketResult>`)]],
  ["an entry of two keys", [page(["a</Key><Key>b"])]],
  ["a size that is no number", [page(["a"], LAST, ENTRY_FACTS.replace("1", "many"))]],
  ["a size of nothing", [page(["a"], LAST, ENTRY_FACTS.replace(">1<", "><"))]],
  ["a negative size", [page(["a"], LAST, ENTRY_FACTS.replace(">1<", ">-1<"))]],
  ["no ETag", [page(["a"], LAST, ENTRY_FACTS.replace(/<ETag>.*<\/ETag>/, ""))]],
  ["no date", [page(["a"], LAST, ENTRY_FACTS.replace(/<LastModified>.*<\/LastModified>/, ""))]],
  ["no size", [page(["a"], LAST, ENTRY_FACTS.replace(/<Size>.*<\/Size>/, ""))]],
  ["a key that is not url-encoded, as it says", [page(["%zz"], `${LAST}<EncodingType>url</EncodingType>`)]],
  ["another encoding", [page(["a"], `${LAST}<EncodingType>base64</EncodingType>`)]],
  ["a character that nobody knows", [page(["&nbsp;a"])]],
  ["another bucket", [page(["a"], `${LAST}<Name>other</Name>`)]],
  ["another prefix", [page(["a"], `${LAST}<Prefix>b/</Prefix>`)]],
  ["a delimiter that was not asked for", [page(["a"], `${LAST}<Delimiter>/</Delimiter>`)]],
  ["fewer keys than it says", [page(["a"], `${LAST}<KeyCount>2</KeyCount>`)]],
  ["a second listing behind the first", [xml(`${page(["a"]).body}${page(["b"]).body}`.replaceAll(/<\?.*\?>\n/g, ""))]],
  ["text behind its end", [{ ...page(["a"]), body: `${page(["a"]).body}<!-- -->` }]],
  ["no UTF-8", [{ ...page(["a"]), body: Buffer.from(`${page(["a\xff"]).body}`, "latin1") }]],
  ["an error of S3's with status 200", [xml("<Error><Code>InternalError</Code></Error>")]],
])("a listing with %s ends with an error, never early", async (_, answers) => {
  const store = await storeAnswering(inTurn(...answers));
  await expect(keysOf(store)).rejects.toMatchObject({ code: "Unavailable" });
});

test.each([
  ["a page", [page(["a"], more("1")), { status: 200, body: PAGE }, page(["b"])]],
  ["its order", [page(["b", "a"]), page(["a", "b"])]],
  ["its token", [page([], "<IsTruncated>true</IsTruncated>"), page(["a", "b"])]],
])("%s that was wrong once is asked for again", async (_, answers) => {
  expect(await keysOf(await storeAnswering(inTurn(...answers)))).toEqual(["a", "b"]);
});

test("a listing that was encoded before and is not any more would have other keys", async () => {
  const encoded = page(["a%20b"], `${more("1")}<EncodingType>url</EncodingType>`);
  const store = await storeAnswering(inTurn(encoded, page(["b%20c"])));
  await expect(keysOf(store)).rejects.toMatchObject({ code: "Unavailable" });
});

test("a client of the caller's asks again too", async () => {
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  const answer = inTurn({ status: 200, body: PAGE }, page(["b", "a"]), page(["a", "b"]));
  const { client: own } = await storeAnswering(answer);
  const endpoint = await own.config.endpoint?.();
  const client = new S3Client({ endpoint: endpoint as never, region: "us-east-1", credentials, forcePathStyle: true });
  expect(await keysOf(await openS3Store("bucket", "", { client }))).toEqual(["a", "b"]);
  client.destroy();
});

test.each([
  ["another prefix", "<Upload><Key>other</Key><UploadId>1</UploadId></Upload>"],
  ["no key", "<Upload><UploadId>1</UploadId></Upload>"],
  ["no id", "<Upload><Key>mine/key</Key></Upload>"],
])("no upload of %s is aborted", async (_, upload) => {
  const methods: string[] = [];
  const initiated = upload.replace("</Upload>", "<Initiated>2026-01-01T00:00:00.000Z</Initiated></Upload>");
  const store = await storeAnswering(
    ({ method = "" }) => {
      methods.push(method);
      return xml(`<ListMultipartUploadsResult>${initiated}${LAST}</ListMultipartUploadsResult>`);
    },
    { prefix: "mine/" },
  );
  await expect(store.sweepStaleUploads({ olderThanMs: 0 })).rejects.toMatchObject({ code: "Unavailable" });
  expect(methods).not.toContain("DELETE");
});

test.each([
  ["no next key", "<NextKeyMarker/>"],
  ["a next key that came before", "<NextKeyMarker>j</NextKeyMarker>"],
  ["the same next upload again", "<NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>1</NextUploadIdMarker>"],
])("a listing of uploads with %s ends with an error", async (_, markers) => {
  const more = (text: string) =>
    xml(`<ListMultipartUploadsResult><IsTruncated>true</IsTruncated>${text}</ListMultipartUploadsResult>`);
  const first = more("<NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>1</NextUploadIdMarker>");
  const store = await storeAnswering(inTurn(first, more(markers)));
  await expect(store.sweepStaleUploads({ olderThanMs: 0 })).rejects.toMatchObject({ code: "Unavailable" });
});

test("what lies outside of the prefix is never cut into another key", async () => {
  const store = await storeAnswering(() => page(["secret/a", "secret/b"]));
  await expect(keysOf(store, "public/")).rejects.toMatchObject({ code: "Unavailable" });
});

test("a key that a server wrote with U+FFFD is an object's, or is not listed as one", async () => {
  const store = await storeAnswering(({ method, url }) => {
    if (method !== "HEAD")
      return page(url?.includes("token") ? ["ctl\uFFFD"] : ["a\uFFFD"], url?.includes("token") ? LAST : more("1"));
    return url?.includes("ctl") ? errorAnswer(404, "NoSuchKey") : FOUND;
  });
  await expect(keysOf(store)).rejects.toMatchObject({ code: "Unsupported" });
});

describe("deleteMany", () => {
  const deleted = (...keys: readonly string[]) => keys.map((key) => `<Deleted><Key>${key}</Key></Deleted>`).join("");
  const result = (body: string) => xml(`<DeleteResult>${body}</DeleteResult>`);

  /** The keys that were deleted alone, and the results. */
  async function run(answer: Answer, keys: readonly string[], alone: Answer = { status: 204, headers: OWN }) {
    const requests: string[] = [];
    const store = await storeAnswering(({ method, url = "" }, body) => {
      requests.push(method === "POST" ? body : decodeURIComponent(url.replace(/^\/bucket\//, "").replace(/\?.*/, "")));
      return method === "POST" ? answer : alone;
    });
    return { results: await store.deleteMany(keys), requests };
  }

  test("believes what the answer names, and deletes the others alone", async () => {
    const { results, requests } = await run(result(deleted("a", "c")), ["a", "b", "c", "d"]);
    expect(results).toEqual([{ key: "a" }, { key: "b" }, { key: "c" }, { key: "d" }]);
    expect(requests.slice(1).sort()).toEqual(["b", "d"]);
    expect(requests[0]).not.toContain("<Quiet>true");
  });

  test("tells of each that could not be deleted alone either", async () => {
    const { results } = await run(result(""), ["a", "b"], errorAnswer(403, "AccessDenied"));
    expect(results.map(({ error }) => error?.code)).toEqual(["PermissionDenied", "PermissionDenied"]);
  });

  test("leaves out of the XML what XML could change", async () => {
    const odd = ["a\u0001", "a\r", "a\n", "\uFFFE", "\uFFFF", "a\u0085", " a", "a "];
    const { results, requests } = await run(result(deleted("a&amp;&lt;", "\u{1F600}")), ["a&<", ...odd, "\u{1F600}"]);
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(requests.slice(1).sort()).toEqual([...odd].sort());
  });

  test.each([
    ["a key that was not asked for", `${deleted("a")}<Error><Key>b</Key><Code>InternalError</Code></Error>`],
    ["no key", `${deleted("a")}<Error><Code>InternalError</Code></Error>`],
  ])("does not drop an error for %s", async (_, body) => {
    const { results } = await run(result(body), ["a"]);
    expect(results[0]?.error?.code).toBe("Unavailable");
  });

  test("believes the error where a key is called deleted too", async () => {
    const { results } = await run(result(`${deleted("a")}<Error><Key>a</Key><Code>AccessDenied</Code></Error>`), ["a"]);
    expect(results[0]?.error?.code).toBe("PermissionDenied");
  });
});

describe("a part of an object", () => {
  const SIZE = 3 * WINDOW;
  const bytes = Buffer.alloc(SIZE, "0123456789");

  /** Each request is answered with the right bytes; `change` says what the answer's head is, for all or once. */
  async function read(change: (range: string) => Record<string, string | undefined>, times = Number.POSITIVE_INFINITY) {
    let changed = 0;
    const store = await storeAnswering(
      ({ method, headers }) => {
        if (method === "HEAD") return { status: 200, headers: { ...FACTS, "content-length": `${SIZE}` } };
        const [, first = 0, last = 0] = (/bytes=(\d+)-(\d+)/.exec(headers.range ?? "") ?? []).map(Number);
        const end = Math.min(last + 1, SIZE);
        const range = `bytes ${first}-${end - 1}/${SIZE}`;
        const extra = changed++ < times ? change(range) : {};
        const all = { ...FACTS, "content-length": `${end - first}`, "content-range": range, ...extra };
        const known = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
        return { status: 206, headers: Object.fromEntries(known), body: bytes.subarray(first, end) };
      },
      { resumes: 1 },
    );
    return (await store.get("key")).bytes();
  }

  const CHANGES: readonly [string, (range: string) => Record<string, string | undefined>][] = [
    ["no Content-Range", () => ({ "content-range": undefined })],
    ["an unknown size", (range) => ({ "content-range": range.replace(/\d+$/, "*") })],
    ["another spelling", (range) => ({ "content-range": range.replace(" ", "=") })],
    ["another unit", (range) => ({ "content-range": range.replace("bytes", "items") })],
    ["a start that was not asked for", (range) => ({ "content-range": range.replace(/ \d+/, " 7") })],
    ["a size that is too small", (range) => ({ "content-range": range.replace(/\d+$/, "9") })],
  ];

  test.each(CHANGES)("with %s is never the whole", async (_, change) => {
    await expect(read(change)).rejects.toMatchObject({ code: "Unavailable" });
  });

  test.each(CHANGES)("with %s once is asked for again", async (_, change) => {
    expect(Buffer.compare(await read(change, 1), bytes)).toBe(0);
  });

  test("of an object that calls itself smaller later is refused", async () => {
    let requests = 0;
    const shrinking = (range: string) => ({
      // The first request was of the whole object, which is asked for by ranges where a part of it is the answer.
      "content-range": ++requests <= 2 ? range : range.replace(/\d+$/, `${2 * WINDOW}`),
    });
    await expect(read(shrinking)).rejects.toMatchObject({
      code: expect.stringMatching(/Unavailable|PreconditionFailed/),
    });
  });
});

describe("a copy", () => {
  const COPIED = xml('<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>');

  test.each([
    ["names no ETag", xml("<CopyObjectResult/>"), FOUND],
    ["says that there are fewer bytes", COPIED, { ...FOUND, headers: { ...FACTS, "content-length": "6" } }],
    ["says that there is nothing", COPIED, { status: 404, headers: OWN }],
  ])("that %s removes no source", async (_, copied, target) => {
    const methods: string[] = [];
    const store = await storeAnswering(({ method = "", url = "" }) => {
      methods.push(method);
      if (method === "PUT") return copied;
      return url.includes("target") ? target : FOUND;
    });
    await expect(store.rename("source", "target")).rejects.toMatchObject({ code: expect.any(String) });
    expect(methods).not.toContain("DELETE");
  });
});

async function keysOf(store: ObjectStore, prefix = ""): Promise<string[]> {
  const keys: string[] = [];
  for await (const entry of store.list({ prefix })) keys.push(entry.kind === "object" ? entry.key : entry.prefix);
  return keys;
}

async function deleteAll(store: ObjectStore, keys: readonly string[]): Promise<void> {
  for (const { error } of await store.deleteMany(keys)) if (error !== undefined) throw error;
}
