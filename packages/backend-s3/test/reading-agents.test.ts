import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http, { type IncomingMessage, type RequestListener } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drainMessage, ReadingHttpAgent, ReadingHttpsAgent } from "../src/client/reading-agents.js";

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

const CONTENT = randomBytes(3_000_001);

/** Sends the content; below `/cut` only the first half of it, below `/cut-early` less than anybody waits for, and hangs up. */
const answer: RequestListener = (request, response) => {
  response.setHeader("content-length", CONTENT.byteLength);
  const sentBytes = { "/cut": CONTENT.byteLength / 2, "/cut-early": 1000 }[request.url ?? ""];
  if (sentBytes === undefined) response.end(CONTENT);
  else response.write(CONTENT.subarray(0, sentBytes), () => response.destroy());
};

describe.each(["http", "https"] as const)("over %s", (scheme) => {
  const key = scheme === "https" ? { key: fixture("key.pem"), cert: fixture("certificate.pem") } : {};
  const server = scheme === "https" ? https.createServer(key, answer) : http.createServer(answer);
  const makeAgent = (options: http.AgentOptions) =>
    scheme === "https"
      ? new ReadingHttpsAgent({ keepAlive: true, ca: fixture("certificate.pem"), ...options })
      : new ReadingHttpAgent({ keepAlive: true, ...options });
  const agent = makeAgent({});
  /** Its requests wait for the one connection to be free. */
  const lonely = makeAgent({ maxSockets: 1 });
  let connections = 0;

  beforeAll(async () => {
    server.on("connection", () => connections++);
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  afterAll(async () => {
    agent.destroy();
    lonely.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  async function open(path = "/", by = agent): Promise<IncomingMessage> {
    const { port } = server.address() as AddressInfo;
    const url = `${scheme}://127.0.0.1:${port}${path}`;
    const request = scheme === "https" ? https.get(url, { agent: by }) : http.get(url, { agent: by });
    const [message] = await once(request, "response");
    return message;
  }

  async function drained(message: IncomingMessage): Promise<Buffer> {
    const copies: Buffer[] = [];
    await drainMessage(message, (chunk) => copies.push(Buffer.from(chunk)));
    return Buffer.concat(copies);
  }

  /** As the SDK collects its bodies: nothing is copied before all has come. */
  async function kept(message: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  test("bodies arrive whole, drained or kept, over one connection", async () => {
    const before = connections;
    for (const take of [kept, drained, kept, drained, drained, kept]) {
      expect(CONTENT.equals(await take(await open("/", lonely)))).toBe(true);
    }
    expect(connections - before).toBe(1);
  });

  test("many at once are kept apart", async () => {
    const bodies = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => (index % 2 === 0 ? kept : drained)(await open())),
    );
    expect(bodies.every((body) => CONTENT.equals(body))).toBe(true);
  });

  test("a body that its reader stops waits, and goes on", async () => {
    const message = await open();
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      message.pause();
      setTimeout(() => message.resume(), 1);
    });
    await once(message, "end");
    expect(CONTENT.equals(Buffer.concat(chunks))).toBe(true);
  });

  test("a connection that is cut in the middle of a body rejects", async () => {
    await expect(drained(await open("/cut"))).rejects.toThrow(/aborted|closed/);
    await expect(kept(await open("/cut"))).rejects.toThrow(/aborted/);
  });

  test("a connection that was cut before anybody read its body rejects too", async () => {
    const message = await open("/cut-early");
    await new Promise((resolve) => message.once("close", resolve));
    await expect(drained(message)).rejects.toThrow("closed");
  });

  test("what the consumer throws ends the body", async () => {
    const message = await open();
    const draining = drainMessage(message, () => {
      throw new Error("enough");
    });
    await expect(draining).rejects.toThrow("enough");
    expect(message.destroyed).toBe(true);
  });

  test("a server that is not there is told of", async () => {
    const get = scheme === "https" ? https.get : http.get;
    const request = get(`${scheme}://127.0.0.1:1/`, { agent });
    await expect(once(request, "response")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
