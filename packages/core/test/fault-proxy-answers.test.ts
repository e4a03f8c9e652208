import { Agent } from "node:http";
import { type Answer, type AnswerChange, startFaultProxy } from "@sluice/core/testing";
import { describe, expect, test } from "vitest";
import { randomBytes, raw, SEED, send, startTarget } from "./fault-proxy-target.js";

const body = Buffer.from(randomBytes(100_000));
const page: Answer = { status: 200, reason: "OK", headers: [["Content-Length", "4"]], body: Buffer.from("page") };

function startAnswering(change: AnswerChange | undefined) {
  return startTarget(undefined, SEED, ({ path }) => (path.endsWith("/plain") ? undefined : change));
}

describe("an answer that is changed", () => {
  test("is given to the change whole, in chunks or not, and what comes of it is sent as it is", async () => {
    const seen: Answer[] = [];
    const change = (answer: Answer): Answer => {
      seen.push(answer);
      return {
        ...answer,
        status: 404,
        reason: "No",
        body: answer.body.subarray(0, 5),
        headers: [["Content-Length", "5"]],
      };
    };
    const { proxy, received } = await startAnswering({ change });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const path of ["/a", "/chunked"]) {
      const answer = await send(proxy, path, body, { agent });
      expect([answer.status, answer.headers, answer.body]).toEqual([
        404,
        { "content-length": "5" },
        body.subarray(0, 5),
      ]);
    }
    expect((await send(proxy, "/plain", body, { agent })).body.equals(body)).toBe(true);
    agent.destroy();
    expect(received).toHaveLength(3);
    for (const { status, headers, body: got } of seen) {
      expect([status, Buffer.compare(got, body)]).toEqual([200, 0]);
      expect(headers.filter(([name]) => /^content-length$/i.test(name))).toEqual([[expect.any(String), "100000"]]);
    }
    expect(proxy.requests[0]).toMatchObject({ status: 200, answeredBy: "server", responseBytes: 5 });
  });

  test("may say more than it holds, and then hangs up", async () => {
    const headers: Answer["headers"] = [["Content-Length", "10"]];
    const { proxy } = await startAnswering({ change: () => ({ ...page, headers, hangUp: true }) });
    expect(await send(proxy, "/a", body)).toMatchObject({ body: Buffer.from("page"), error: "ECONNRESET" });
  });

  test("comes behind the server's interim answers", async () => {
    const { proxy } = await startAnswering({ change: () => page });
    const headers = { expect: "100-continue", "content-length": String(body.byteLength) };
    expect((await send(proxy, "/a", body, { headers })).body.toString()).toBe("page");
  });

  test("of HEAD keeps the length that it tells", async () => {
    const { proxy } = await startAnswering({ change: (answer) => ({ ...answer, status: 206 }) });
    const answer = await send(proxy, "/a", new Uint8Array(), { method: "HEAD" });
    expect([answer.status, answer.body.byteLength]).toEqual([206, 0]);
  });
});

describe("an answer in the server's place", () => {
  test("comes after the request's body, which the server never sees, and the connection goes on", async () => {
    const { proxy, received } = await startAnswering({ instead: page });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await send(proxy, "/a", body, { agent })).body.toString()).toBe("page");
    expect((await send(proxy, "/plain", body, { agent })).body.equals(body)).toBe(true);
    agent.destroy();
    expect(received.map(({ path }) => path)).toEqual(["/plain"]);
    expect(proxy.requests[0]).toMatchObject({ status: 200, answeredBy: "proxy", passed: false });
  });

  test("closes the connection of who asked for that", async () => {
    const { proxy } = await startAnswering({ instead: page });
    const { text } = await raw(proxy, "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(text).toBe("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage");
  });
});

test("answers that are no function are refused", async () => {
  const target = { host: "127.0.0.1", port: 1 };
  const start = startFaultProxy({ target, seed: 1, answers: page as never });
  await expect(start).rejects.toMatchObject({ code: "InvalidArgument" });
});
