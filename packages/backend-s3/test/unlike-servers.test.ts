import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { openS3Store, type S3Store } from "../src/index.js";

const WINDOW = 64 << 10;

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What the servers of the tests do not do: answers of Amazon's, and of servers that go wrong, as they would send them. */
async function storeAnswering(answer: (request: IncomingMessage) => Answer): Promise<S3Store> {
  const server = createServer((request, response) => {
    const { status, headers, body } = answer(request);
    request.resume();
    request.once("end", () => response.writeHead(status, headers).end(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  return openS3Store("bucket", "", {
    endpoint,
    credentials,
    maxAttempts: 2,
    partBytes: 5 << 20,
    readWindowBytes: WINDOW,
  });
}

const FACTS: Answer = {
  status: 200,
  headers: { etag: '"e"', "content-length": "1", "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" },
};

/** The answers one after the other, the last one again and again. */
function inTurn(...answers: readonly Answer[]): () => Answer {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] as Answer;
}

test.each([
  ["AlreadyExists where it was refused at once", [412], "AlreadyExists"],
  ["not known where it was refused only when it was sent again", [500, 412], "Unavailable"],
])("a conditional copy is %s", async (_name, statuses, code) => {
  const copy = inTurn(...statuses.map((status) => ({ status })));
  const store = await storeAnswering(({ method }) => (method === "PUT" ? copy() : FACTS));
  await expect(store.copy("source", "target", { ifNotExists: true })).rejects.toMatchObject({ code });
});

test("a delete under a condition that was done by its first sending is done", async () => {
  const answers = inTurn({ status: 500 }, { status: 404 });
  const store = await storeAnswering(({ method }) => (method === "DELETE" ? answers() : FACTS));
  await store.delete("key", { ifMatch: '"e"', mustExist: true });
});

test("one that came too late finds nothing", async () => {
  const store = await storeAnswering(({ method }) => (method === "DELETE" ? { status: 404 } : FACTS));
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
  await expect(store.sweepStaleUploads()).rejects.toMatchObject({ code: "Internal" });
});

test("windows of another version are refused, also where If-Match is ignored", async () => {
  let version = 0;
  const store = await storeAnswering(({ headers }) => {
    const [, first = "0"] = /bytes=(\d+)/.exec(headers.range ?? "") ?? [];
    const range = `bytes ${first}-${Number(first) + WINDOW - 1}/${4 * WINDOW}`;
    return {
      status: 206,
      headers: { etag: `"${++version}"`, "content-length": `${WINDOW}`, "content-range": range },
      body: "x".repeat(WINDOW),
    };
  });
  await expect((await store.get("key")).bytes()).rejects.toMatchObject({ code: "PreconditionFailed" });
});

test("a body of no known length is refused, not taken for an empty object", async () => {
  const store = await storeAnswering(() => ({ status: 200, headers: { etag: '"e"' }, body: "content" }));
  await expect(store.get("key")).rejects.toMatchObject({ code: "Unsupported" });
});
