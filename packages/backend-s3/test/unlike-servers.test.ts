import { createHash } from "node:crypto";
import { SeededRandom } from "@sluice/core/testing";
import { describe, expect, test } from "vitest";
import { type Answer, errorAnswer, inTurn, OWN, storeAnswering, WINDOW } from "./answering.js";

// What the servers of the tests do not do: answers of Amazon's, and of servers that go wrong, as they would send them.

const FACTS: Answer = {
  status: 200,
  headers: { ...OWN, etag: '"e"', "content-length": "1", "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" },
};

test.each([
  ["AlreadyExists where it was refused at once", [412], "AlreadyExists"],
  ["not known where it was refused only when it was sent again", [500, 412], "Unavailable"],
])("a conditional copy is %s", async (_name, statuses, code) => {
  const copy = inTurn(
    ...statuses.map((status) => errorAnswer(status, status === 412 ? "PreconditionFailed" : "InternalError")),
  );
  const store = await storeAnswering(({ method }) => (method === "PUT" ? copy() : FACTS));
  await expect(store.copy("source", "target", { ifNotExists: true })).rejects.toMatchObject({ code });
});

test("a delete under a condition that was done by its first sending is done", async () => {
  const answers = inTurn({ status: 500 }, errorAnswer(404, "NoSuchKey"));
  const store = await storeAnswering(({ method }) => (method === "DELETE" ? answers() : FACTS));
  await store.delete("key", { ifMatch: '"e"', mustExist: true });
});

test("so is one whose second sending finds another version, as some servers call a missing object", async () => {
  const answers = inTurn({ status: 500 }, errorAnswer(412, "PreconditionFailed"));
  const heads = inTurn(FACTS, errorAnswer(404, "NoSuchKey"));
  const store = await storeAnswering(({ method }) => (method === "DELETE" ? answers() : heads()));
  await store.delete("key", { ifMatch: '"e"', mustExist: true });
});

test("one that came too late finds nothing", async () => {
  const store = await storeAnswering(({ method }) => (method === "DELETE" ? errorAnswer(404, "NoSuchKey") : FACTS));
  await expect(store.delete("key", { ifMatch: '"e"', mustExist: true })).rejects.toMatchObject({ code: "NotFound" });
});

test("an upload without an id is Unavailable, and no part is sent", async () => {
  const methods: string[] = [];
  const store = await storeAnswering(({ method = "" }) => {
    methods.push(method);
    return {
      status: 200,
      body: method === "POST" ? "<InitiateMultipartUploadResult/>" : "<ListMultipartUploadsResult/>",
    };
  });
  await expect(store.put("key", new Uint8Array(6 << 20))).rejects.toMatchObject({ code: "Unavailable" });
  expect(methods).not.toContain("PUT");
});

test("a listing of uploads that does not go on ends with an error", async () => {
  const body =
    "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker></ListMultipartUploadsResult>";
  const store = await storeAnswering(() => ({ status: 200, body }));
  await expect(store.sweepStaleUploads()).rejects.toMatchObject({ code: "Unavailable" });
});

test("windows of another version are refused, also where If-Match is ignored", async () => {
  let version = 0;
  const store = await storeAnswering(({ headers }) => {
    const [, first = "0"] = /bytes=(\d+)/.exec(headers.range ?? "") ?? [];
    const range = `bytes ${first}-${Number(first) + WINDOW - 1}/${4 * WINDOW}`;
    return {
      status: 206,
      headers: { ...FACTS.headers, etag: `"${++version}"`, "content-length": `${WINDOW}`, "content-range": range },
      body: "x".repeat(WINDOW),
    };
  });
  await expect((await store.get("key")).bytes()).rejects.toMatchObject({ code: "PreconditionFailed" });
});

const NO_LENGTH = { etag: '"e"', "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" };

test("a body of no known length is refused, not taken for an empty object", async () => {
  const store = await storeAnswering(() => ({ status: 200, headers: NO_LENGTH, body: "content" }));
  await expect(store.get("key")).rejects.toMatchObject({ code: "Unsupported" });
});

describe("an object of two parts of which the server", () => {
  const bytes = new SeededRandom(5).bytes(6 << 20);
  const PART_BYTES = 5 << 20;
  const md5 = (part: Uint8Array) => createHash("md5").update(part).digest();
  const parts = [bytes.subarray(0, PART_BYTES), bytes.subarray(PART_BYTES)].map(md5);
  const joined = `"${md5(Buffer.concat(parts)).toString("hex")}-2"`;
  const other = `"${"0".repeat(32)}-1"`;
  const checksum = (text: string) => `<ChecksumCRC32C>${text}</ChecksumCRC32C><ChecksumType>FULL_OBJECT</ChecksumType>`;

  async function put(complete: string, size: number) {
    const store = await storeAnswering(
      ({ method, url = "" }) => {
        if (method === "DELETE") return { status: 204, headers: OWN };
        if (method === "GET") return errorAnswer(404, "NoSuchUpload");
        if (method === "HEAD")
          return { ...FACTS, headers: { ...FACTS.headers, etag: other, "content-length": `${size}` } };
        if (method === "POST" && url.includes("uploads")) {
          const body = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";
          return { status: 200, headers: OWN, body };
        }
        if (method === "POST") {
          const body = `<CompleteMultipartUploadResult>${complete}</CompleteMultipartUploadResult>`;
          return { status: 200, headers: OWN, body };
        }
        const number = Number(/partNumber=(\d)/.exec(url)?.[1]);
        return { status: 200, headers: { ...OWN, etag: `"${parts[number - 1]?.toString("hex")}"` } };
      },
      { partBytes: PART_BYTES },
    );
    return store.put("key", bytes);
  }

  test.each([
    ["says another checksum than asked for", `<ETag>${joined}</ETag>${checksum("AAAAAA==")}`, bytes.byteLength],
    ["took one part only", `<ETag>${other}</ETag>`, PART_BYTES],
    ["took nothing", `<ETag>${other}</ETag>`, 0],
    ["took more", `<ETag>${other}</ETag>`, bytes.byteLength + 1],
  ])("%s is not written", async (_name, complete, size) => {
    await expect(put(complete, size)).rejects.toMatchObject({ code: "ChecksumMismatch" });
  });

  test("says an ETag of its own, and the size of the object, is written", async () => {
    expect(await put(`<ETag>${other}</ETag>`, bytes.byteLength)).toMatchObject({ size: bytes.byteLength, etag: other });
    expect(await put(`<ETag>${joined}</ETag>`, 0)).toMatchObject({ size: bytes.byteLength, etag: joined });
  });
});

test.each([undefined, "/"])(
  "a full page that calls itself the last is asked what lies behind it (delimiter %s)",
  async (delimiter) => {
    const keys = ["a", "b/1", "b/2", "c", "d", "e"];
    const store = await storeAnswering(({ url = "" }) => {
      const query = new URL(url, "http://server").searchParams;
      const startAfter = query.get("start-after");
      const names = keys.filter((key) => key > (startAfter ?? ""));
      const groups = [...new Set(names.map((key) => (delimiter && key.includes("/") ? "b/" : key)))].slice(0, 2);
      const entry = (name: string) =>
        name.endsWith("/")
          ? `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`
          : `<Contents><Key>${name}</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>e</ETag><Size>1</Size></Contents>`;
      const body = `<ListBucketResult><IsTruncated>false</IsTruncated>${groups.map(entry).join("")}</ListBucketResult>`;
      return { status: 200, headers: OWN, body };
    });
    const found: string[] = [];
    for await (const listed of store.list({ pageSize: 2, ...(delimiter && { delimiter }) })) {
      found.push(listed.kind === "prefix" ? listed.prefix : listed.key);
    }
    const inGroups = delimiter === undefined ? ["b/1", "b/2"] : ["b/"];
    expect(found).toEqual(["a", ...inGroups, "c", "d", "e"]);
  },
);
