import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { openAzureStore } from "@sluice/backend-azure";
import { afterEach, expect, test } from "vitest";

const SIGNATURE = "c2VjcmV0c2lnbmF0dXJl";
let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
});

async function storeBefore(listener: RequestListener, options = {}) {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const limits = { maxTries: 3, retryDelayMs: 1, requestTimeoutMs: 10_000, ...options };
  return openAzureStore("container", { endpoint, sasToken: `sv=2024&sig=${SIGNATURE}`, ...limits });
}

test.each([
  [404, "BlobNotFound", "NotFound", 1],
  [404, "ContainerNotFound", "NotFound", 1],
  [403, "AuthenticationFailed", "Unauthenticated", 1],
  [403, "AuthorizationPermissionMismatch", "PermissionDenied", 1],
  [401, "NoAuthenticationInformation", "Unauthenticated", 1],
  [412, "ConditionNotMet", "PreconditionFailed", 1],
  [409, "BlobArchived", "InvalidState", 1],
  [409, "ContainerBeingDeleted", "Unavailable", 3],
  [400, "InvalidHeaderValue", "InvalidArgument", 1],
  [429, "TooManyRequests", "Unavailable", 3],
  [500, "InternalError", "Unavailable", 3],
  [500, "OperationTimedOut", "Timeout", 3],
  [503, "ServerBusy", "Unavailable", 3],
  [507, "InsufficientStorage", "NoSpace", 1],
  [418, "Teapot", "Internal", 1],
])(
  "status %i %s is %s, after %i tries, with status and request id and without the signature",
  async (status, code, expected, tries) => {
    let requests = 0;
    const store = await storeBefore((request, response) => {
      requests++;
      response.writeHead(status, {
        "x-ms-error-code": code,
        "x-ms-request-id": "id-7",
        "content-type": "application/xml",
      });
      response.end(
        `<?xml version="1.0"?><Error><Code>${code}</Code><Message>not ${request.url}\nRequestId:id-7</Message></Error>`,
      );
    });
    for (const call of [() => store.head("key"), () => store.getRange("key", { start: 0, end: 1 })]) {
      requests = 0;
      const error = await call().catch((caught) => caught);
      expect(error).toMatchObject({ code: expected, statusCode: status, requestId: "id-7", backend: "azure" });
      expect(requests).toBe(code === "ConditionNotMet" && call.toString().includes("Range") ? 2 : tries);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(SIGNATURE);
    }
  },
);

test("a server that does not answer is Timeout, one that is not there Unavailable, and neither names the signature", async () => {
  const silent = await storeBefore(() => undefined, { requestTimeoutMs: 200 });
  const timeout = await silent.head("key").catch((caught) => caught);
  expect(timeout).toMatchObject({ code: "Timeout", retryable: true });
  const gone = await openAzureStore("container", {
    endpoint: "http://127.0.0.1:9",
    sasToken: `sig=${SIGNATURE}`,
    maxTries: 1,
  });
  const refused = await gone.head("key").catch((caught) => caught);
  expect(refused).toMatchObject({ code: "Unavailable", retryable: true });
  expect(inspect([timeout, refused], { depth: 10, showHidden: true })).not.toContain(SIGNATURE);
});

test("what passes is tried again: the third answer counts", async () => {
  let requests = 0;
  const store = await storeBefore((_request, response) => {
    if (++requests < 3) return void response.writeHead(503, { "x-ms-error-code": "ServerBusy" }).end();
    const facts = { "content-length": 7, etag: '"0x1"', "last-modified": new Date(0).toUTCString() };
    response.writeHead(200, { "x-ms-request-id": "id-7", ...facts }).end();
  });
  expect(await store.head("key")).toMatchObject({ size: 7, etag: "0x1" });
});
