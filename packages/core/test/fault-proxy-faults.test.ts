import { isObjectStoreError } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { randomBytes, raw, send, startTarget } from "./fault-proxy-target.js";

const body = randomBytes(300_000);

function flipped(at: number, bit: number): Buffer {
  const copy = Buffer.from(body);
  copy[at] = (copy[at] as number) ^ (1 << bit);
  return copy;
}

describe("reset", () => {
  test("of a request: the client's connection is reset and the server sees nothing", async () => {
    const { proxy, received, connections } = await startTarget();
    proxy.next({ kind: "reset" });
    await expect(send(proxy, "/a", body)).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    expect([received.length, connections()]).toEqual([0, 0]);
    expect(proxy.requests).toMatchObject([{ path: "/a", passed: false, status: undefined, requestBytes: 0 }]);
    expect(proxy.log).toMatchObject([{ fault: { kind: "reset" }, hit: true, request: { index: 0 } }]);
  });

  test("of a response: the server has done it and the client does not know", async () => {
    const { proxy, received } = await startTarget();
    proxy.next({ kind: "reset", on: "response" });
    const request = "POST /done HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    expect(await raw(proxy, request)).toEqual({ text: "", error: "ECONNRESET" });
    expect(received).toMatchObject([{ path: "/done", whole: true }]);
    expect(proxy.requests).toMatchObject([{ passed: true, status: 200, answeredBy: "server", responseBytes: 0 }]);
  });
});

describe("cut", () => {
  test.each([0, 1, 1000, 150_001])(
    "of a request's body after %d bytes: the server has exactly those",
    async (afterBytes) => {
      const { proxy, nextReceived } = await startTarget();
      const atServer = nextReceived();
      proxy.next({ kind: "cut", on: "request", afterBytes });
      await expect(send(proxy, "/cut", body)).rejects.toThrow();
      const { body: got, whole } = await atServer;
      expect(whole).toBe(false);
      expect(got.equals(Buffer.from(body).subarray(0, afterBytes))).toBe(true);
      expect(proxy.requests[0]?.requestBytes).toBe(afterBytes);
    },
  );

  test.each(["/plain", "/chunked"])(
    "of the response's body of %s: the client has exactly those bytes",
    async (path) => {
      const { proxy } = await startTarget();
      proxy.next({ kind: "cut", on: "response", afterBytes: 123_457 });
      const answer = await send(proxy, path, body);
      expect(answer).toMatchObject({ status: 200, error: "ECONNRESET" });
      expect(answer.body.equals(Buffer.from(body).subarray(0, 123_457))).toBe(true);
      expect(proxy.requests[0]?.responseBytes).toBe(123_457);
    },
  );

  test("after the body's end does nothing, and the log says so", async () => {
    const { proxy } = await startTarget();
    proxy.next({ kind: "cut", on: "request", afterBytes: body.byteLength + 1 });
    expect((await send(proxy, "/a", body)).body.equals(Buffer.from(body))).toBe(true);
    expect(proxy.log).toMatchObject([{ hit: false }]);
  });
});

describe("flip", () => {
  test.each([
    ["/plain", "request"],
    ["/plain", "response"],
    ["/chunked", "request"],
    ["/chunked", "response"],
  ] as const)("%s: one bit of the %s's body and nothing else", async (path, on) => {
    const { proxy, received } = await startTarget();
    const headers: Record<string, string> = path === "/chunked" ? { "transfer-encoding": "chunked" } : {};
    proxy.next({ kind: "flip", on, atByte: 200_003, bit: 6 });
    const answer = await send(proxy, path, body, { headers });
    expect(answer.body.equals(flipped(200_003, 6))).toBe(true);
    expect(received[0]?.body.equals(on === "request" ? flipped(200_003, 6) : Buffer.from(body))).toBe(true);
    expect((await send(proxy, path, body, { headers })).body.equals(Buffer.from(body))).toBe(true);
  });
});

describe("stall", () => {
  test.each([undefined, 0, 70_001])(
    "of a request (after %s bytes) holds until the client hangs up",
    async (afterBytes) => {
      const { proxy, received, nextReceived } = await startTarget();
      const controller = new AbortController();
      const atServer = nextReceived();
      const { hit } = proxy.next({ kind: "stall", ...(afterBytes !== undefined && { afterBytes }) });
      const sent = send(proxy, "/stall", body, { signal: controller.signal });
      const refused = expect(sent).rejects.toMatchObject({ name: "AbortError" });
      expect(await hit).toMatchObject({ hit: true, request: { passed: afterBytes !== undefined } });
      expect(received).toEqual([]);
      controller.abort();
      await refused;
      if (afterBytes !== undefined) expect((await atServer).body.byteLength).toBe(afterBytes);
      expect(proxy.requests[0]).toMatchObject({ requestBytes: afterBytes ?? 0, status: undefined });
    },
  );

  test("of a response holds until the proxy stops", async () => {
    const { proxy } = await startTarget();
    const { hit } = proxy.next({ kind: "stall", on: "response", afterBytes: 10 });
    const sent = send(proxy, "/stall", body);
    await hit;
    await proxy.stop();
    const answer = await sent;
    expect(answer.error).toBe("ECONNRESET");
    expect(answer.body.equals(Buffer.from(body).subarray(0, 10))).toBe(true);
  });
});

test.each(["request", "response"] as const)("delay: the %s passes later, whole", async (on) => {
  const { proxy } = await startTarget();
  proxy.next({ kind: "delay", on, delayMs: 60 });
  const begin = performance.now();
  expect((await send(proxy, "/late", body)).body.equals(Buffer.from(body))).toBe(true);
  // A timer may fire a millisecond early.
  expect(performance.now() - begin).toBeGreaterThan(58);
});

describe("burst503", () => {
  test("the next requests that are chosen are answered by the proxy, on one connection", async () => {
    const { proxy, received } = await startTarget();
    const parts = ({ path }: { readonly path: string }): boolean => path.includes("partNumber=");
    proxy.next({ kind: "burst503", requests: 2 }, { when: parts });
    const statuses: number[] = [];
    for (const path of ["/o?partNumber=1", "/other", "/o?partNumber=1", "/o?partNumber=1"]) {
      const answer = await send(proxy, path, body);
      statuses.push(answer.status);
      if (answer.status === 503) expect(answer.body.toString()).toContain("<Code>SlowDown</Code>");
    }
    expect(statuses).toEqual([503, 200, 503, 200]);
    expect(received.map(({ path }) => path)).toEqual(["/other", "/o?partNumber=1"]);
    expect(proxy.requests.map(({ answeredBy }) => answeredBy)).toEqual(["proxy", "server", "proxy", "server"]);
  });

  test("a client that waits for 100 Continue is answered at once", async () => {
    const { proxy, received } = await startTarget();
    proxy.next({ kind: "burst503", requests: 1 });
    const answer = await send(proxy, "/o", body, { headers: { expect: "100-continue", "content-length": "300000" } });
    expect(answer).toMatchObject({ status: 503, headers: { connection: "close" } });
    expect(received).toEqual([]);
  });
});

test("a fault that never hit rejects when the proxy stops", async () => {
  const { proxy } = await startTarget();
  const { hit } = proxy.next({ kind: "reset" });
  await proxy.stop();
  await proxy.stop();
  expect(isObjectStoreError(await hit.catch((error: unknown) => error), "Aborted")).toBe(true);
});
