import { Agent } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { type FaultPlan, type FaultProxy, type FaultProxyOptions, startFaultProxy } from "@sluice/core/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { randomBytes, raw, SEED, send, startTarget } from "./fault-proxy-target.js";

const body = randomBytes(100_000);

describe("without a fault everything passes", () => {
  test("one connection of the client is one of the server, for all its requests", async () => {
    const { proxy, received, connections } = await startTarget();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const method of ["PUT", "POST", "PUT"]) {
      const answer = await send(proxy, "/chunked?x=1", body, { method, agent });
      expect(answer.body.equals(Buffer.from(body))).toBe(true);
    }
    expect((await send(proxy, "/", new Uint8Array(), { method: "HEAD", agent })).status).toBe(200);
    agent.destroy();
    expect([received.length, connections()]).toEqual([4, 1]);
    expect(proxy.requests[1]).toMatchObject({
      ...{ index: 1, method: "POST", path: "/chunked?x=1", status: 200, answeredBy: "server", passed: true },
      ...{ requestBytes: body.byteLength, responseBytes: body.byteLength, begunAtMs: expect.any(Number) },
    });
    expect(proxy.log).toEqual([]);
  });

  test("many requests at once, one of them with a fault", async () => {
    const { proxy } = await startTarget();
    proxy.next({ kind: "flip", on: "response", atByte: 7 }, { when: ({ path }) => path === "/13" });
    const numbers = Array.from({ length: 24 }, (_, index) => index);
    const answers = await Promise.all(numbers.map((number) => send(proxy, `/${number}`, body)));
    const changed = numbers.filter((number) => answers[number]?.body.equals(Buffer.from(body)) === false);
    expect(changed).toEqual([13]);
  });

  test("Expect: 100-continue asks the server", async () => {
    const { proxy } = await startTarget();
    const headers = { expect: "100-continue", "content-length": String(body.byteLength) };
    expect((await send(proxy, "/a", body, { headers })).body.equals(Buffer.from(body))).toBe(true);
  });

  test("pipelined requests are answered in order, and a body may look like a request", async () => {
    const { proxy, received } = await startTarget();
    const inner = "GET /inner HTTP/1.1\r\n\r\n";
    const first = `PUT /1 HTTP/1.1\r\nHost: a\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`;
    const second =
      "PUT /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n";
    const third = "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    proxy.next({ kind: "burst503", requests: 1 }, { when: ({ path }) => path === "/2" });
    const answer = await raw(proxy, first + second + third);
    expect(answer.text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 503", "HTTP/1.1 200"]);
    expect(received.map(({ path, body: got }) => [path, got.toString()])).toEqual([
      ["/1", inner],
      ["/3", ""],
    ]);
  });

  test("bytes that come one by one", async () => {
    const { proxy, received } = await startTarget();
    const text =
      "PUT /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    const socket = connect({ port: proxy.port, host: proxy.host, noDelay: true });
    for (const character of text) await new Promise((resolve) => socket.write(character, resolve));
    for await (const _ of socket);
    expect(received).toMatchObject([{ body: Buffer.from("abc"), whole: true }]);
  });
});

describe("what is no HTTP/1.1", () => {
  test("of a client is answered with 400", async () => {
    const { proxy, received } = await startTarget();
    expect((await raw(proxy, "NONSENSE\r\n\r\n")).text).toMatch(/^HTTP\/1.1 400 /);
    expect([received, proxy.requests]).toEqual([[], []]);
  });

  test("of a server is answered with 502", async () => {
    const proxy = await startRaw((socket) => socket.on("data", () => socket.write("NONSENSE\r\n\r\n")));
    expect((await raw(proxy, "GET / HTTP/1.1\r\n\r\n")).text).toMatch(/^HTTP\/1.1 502 /);
  });

  test("a server that is not there resets the connection", async () => {
    const proxy = await startFaultProxy({ target: await closedPort(), seed: SEED });
    onTestFinished(() => proxy.stop());
    expect(await raw(proxy, "GET / HTTP/1.1\r\n\r\n")).toEqual({ text: "", error: "ECONNRESET" });
    expect(proxy.requests).toMatchObject([{ passed: false, status: undefined }]);
  });
});

test("a server that does not read holds the client back", async () => {
  const bodyBytes = 64 << 20;
  let accepted: Socket | undefined;
  const proxy = await startRaw((socket) => {
    accepted = socket.pause();
  });
  const client = connect(proxy.port, proxy.host);
  client.write(`PUT / HTTP/1.1\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
  client.write(Buffer.alloc(bodyBytes));
  for (let count = 0; count < 2000 || accepted === undefined; count++) await turn();
  // What the buffers of the system hold, a few MiB, is all that may be under way.
  expect(client.bytesWritten - client.writableLength).toBeLessThan(bodyBytes);
  expect(proxy.requests[0]?.requestBytes).toBeLessThan(bodyBytes / 2);
  let bytes = 0;
  accepted?.on("data", (chunk) => {
    bytes += chunk.byteLength;
    if (bytes >= bodyBytes) accepted?.end("HTTP/1.1 204 No Content\r\n\r\n");
  });
  accepted?.resume();
  const chunks: Buffer[] = [];
  for await (const chunk of client) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 204 /);
  expect(proxy.requests[0]).toMatchObject({ requestBytes: bodyBytes, status: 204 });
});

async function startRaw(onConnection: (socket: Socket) => void): Promise<FaultProxy> {
  const server = createServer((socket) => onConnection(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port }, seed: SEED });
  onTestFinished(async () => {
    await proxy.stop();
    await new Promise((resolve) => server.close(resolve));
  });
  return proxy;
}

async function closedPort(): Promise<{ host: string; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { host: "127.0.0.1", port };
}

describe("a plan", () => {
  const plan: FaultPlan = {
    faults: [
      { kind: "flip", on: "request", atByte: [0, 999], bit: [0, 7] },
      { kind: "burst503", requests: [1, 2], weight: 2 },
    ],
    probability: 0.5,
    when: ({ method }) => method === "PUT",
  };

  async function drawn(seed: number, more: Partial<FaultPlan> = {}): Promise<unknown[]> {
    const { proxy } = await startTarget({ ...plan, ...more }, seed);
    for (let index = 0; index < 30; index++) await send(proxy, `/${index}`, body.subarray(0, 1000));
    await send(proxy, "/get", new Uint8Array(), { method: "GET" });
    expect(proxy.seed).toBe(seed);
    return proxy.log.map(({ fault, hit, request }) => ({ fault, hit, path: request.path }));
  }

  test("the same seed draws the same faults, another one others", async () => {
    const first = await drawn(SEED);
    expect(await drawn(SEED)).toEqual(first);
    expect(await drawn(SEED + 1)).not.toEqual(first);
    expect(first.length).toBeGreaterThan(5);
    expect(first.length).toBeLessThan(30);
    expect(JSON.stringify(first)).not.toContain("/get");
  });

  test("maxFaults ends it, and 0 and 1 are never and always", async () => {
    const faults = [{ kind: "flip", on: "request", atByte: 1 }] as const;
    expect(await drawn(SEED, { faults, probability: 1, maxFaults: 3 })).toMatchObject([
      { path: "/0", hit: true },
      { path: "/1", hit: true },
      { path: "/2", hit: true },
    ]);
    expect(await drawn(SEED, { faults, probability: 0 })).toEqual([]);
  });

  test("may be a function that decides for each request", async () => {
    const { proxy } = await startTarget(({ path }) => (path === "/1" ? { kind: "burst503", requests: 2 } : undefined));
    const statuses: (number | undefined)[] = [];
    for (let index = 0; index < 4; index++) {
      await send(proxy, `/${index}`, body.subarray(0, 1000));
      statuses.push(proxy.requests.at(-1)?.status);
    }
    expect(statuses.map((status) => status === 503)).toEqual([false, true, true, false]);
  });
});

describe("refuses with InvalidArgument", () => {
  const good = { target: { host: "127.0.0.1", port: 1 }, seed: 1 };
  const faults = [{ kind: "reset" }];
  test.each<[string, unknown]>([
    ["no options", undefined],
    ["an unknown option", { ...good, faults }],
    ["no target", { seed: 1 }],
    ["no port", { ...good, target: { host: "a", port: 0 } }],
    ["no host", { ...good, target: { host: "", port: 1 } }],
    ["no seed", { target: good.target }],
    ["a plan without faults", { ...good, plan: { faults: [], probability: 1 } }],
    ["a probability above 1", { ...good, plan: { faults, probability: 1.1 } }],
    ["an unknown kind", { ...good, plan: { faults: [{ kind: "toString" }], probability: 1 } }],
    ["a parameter of another fault", { ...good, plan: { faults: [{ kind: "reset", delayMs: 1 }], probability: 1 } }],
    ["a range that falls", { ...good, plan: { faults: [{ kind: "delay", delayMs: [2, 1] }], probability: 1 } }],
    ["a weight of 0", { ...good, plan: { faults: [{ kind: "reset", weight: 0 }], probability: 1 } }],
    ["a filter that is none", { ...good, plan: { faults, probability: 1, when: "PUT" } }],
  ])("%s", async (_, options) => {
    await expect(startFaultProxy(options as FaultProxyOptions)).rejects.toMatchObject({ code: "InvalidArgument" });
  });

  test.each<[string, unknown, unknown]>([
    ["no fault", undefined, undefined],
    ["a range", { kind: "delay", delayMs: [1, 2] }, undefined],
    ["a weight", { kind: "reset", weight: 1 }, undefined],
    ["a cut without a side", { kind: "cut", afterBytes: 1 }, undefined],
    ["an unknown option", { kind: "reset" }, { if: () => true }],
  ])("next with %s", async (_, fault, options) => {
    const { proxy } = await startTarget();
    const next = proxy.next as (fault: unknown, options: unknown) => unknown;
    expect(() => next(fault, options)).toThrow(expect.objectContaining({ code: "InvalidArgument" }));
  });
});

test("a signal that has fired refuses, and one that fires stops", async () => {
  const controller = new AbortController();
  const options = { target: { host: "127.0.0.1", port: 1 }, seed: 1, signal: controller.signal };
  const proxy = await startFaultProxy(options);
  controller.abort();
  await proxy.stop();
  await expect(send(proxy, "/", body)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await expect(startFaultProxy(options)).rejects.toMatchObject({ code: "Aborted" });
});
