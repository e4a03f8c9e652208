import { expect, test } from "vitest";
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
