import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import {
  type AnswerDecision,
  type FaultDecision,
  type FaultPlan,
  type FaultProxy,
  SeededRandom,
  startFaultProxy,
} from "@sluice/core/testing";
import { onTestFinished } from "vitest";

export const SEED = 20_261;

/** What the plain server has received. */
interface Received {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  /** Whether the request came whole. */
  readonly whole: boolean;
}

export interface Target {
  readonly proxy: FaultProxy;
  readonly received: Received[];
  /** Resolves with the next request that ends, whole or not. */
  readonly nextReceived: () => Promise<Received>;
  readonly connections: () => number;
}

/** A plain server that answers with the body it was given, in chunks where the path says so, behind a fault proxy. */
export async function startTarget(
  plan?: FaultPlan | FaultDecision,
  seed = SEED,
  answers?: AnswerDecision,
): Promise<Target> {
  const received: Received[] = [];
  const waiting: ((request: Received) => void)[] = [];
  let connections = 0;
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    const whole = await collect(message, chunks);
    const one = { method: message.method ?? "", path: message.url ?? "", body: Buffer.concat(chunks), whole };
    received.push(one);
    waiting.shift()?.(one);
    if (!one.path.startsWith("/chunked")) response.setHeader("content-length", one.body.byteLength);
    for (let offset = 0; offset < one.body.byteLength; offset += 1000) {
      response.write(one.body.subarray(offset, offset + 1000));
    }
    response.end();
  });
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const target = { host: "127.0.0.1", port };
  const proxy = await startFaultProxy({ target, seed, ...(plan && { plan }), ...(answers && { answers }) });
  onTestFinished(async () => {
    await proxy.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const nextReceived = (): Promise<Received> => new Promise((resolve) => waiting.push(resolve));
  return { proxy, received, nextReceived, connections: () => connections };
}

async function collect(message: IncomingMessage, chunks: Buffer[]): Promise<boolean> {
  try {
    for await (const chunk of message) chunks.push(chunk);
    return true;
  } catch {
    return false;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The code of the error that ended it, where one did. */
  readonly error: string | undefined;
}

export interface SendOptions {
  readonly method?: string;
  readonly agent?: Agent;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** One request; rejects where no answer begins. */
export function send(proxy: FaultProxy, path: string, body: Uint8Array, options: SendOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = "PUT", agent = new Agent(), headers = {}, signal } = options;
    const outgoing = request(`${proxy.url}${path}`, { method, agent, headers, ...(signal && { signal }) });
    outgoing.on("error", reject);
    outgoing.on("response", async (message) => {
      const chunks: Buffer[] = [];
      let error: string | undefined;
      try {
        for await (const chunk of message) chunks.push(chunk);
      } catch (thrown) {
        error = (thrown as NodeJS.ErrnoException).code;
      }
      resolve({ status: message.statusCode ?? 0, headers: message.headers, body: Buffer.concat(chunks), error });
    });
    if (headers["expect"] === undefined) outgoing.end(body);
    else outgoing.on("continue", () => outgoing.end(body)).flushHeaders();
  });
}

/** Writes `text` on a connection of its own and collects what comes until it is closed. */
export function raw(proxy: FaultProxy, text: string): Promise<{ readonly text: string; readonly error?: string }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let error: string | undefined;
    const socket = connect(proxy.port, proxy.host, () => socket.write(text));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", (thrown: NodeJS.ErrnoException) => {
      error = thrown.code;
    });
    socket.on("close", () => resolve({ text: Buffer.concat(chunks).toString(), ...(error && { error }) }));
  });
}

export function randomBytes(byteLength: number): Uint8Array {
  return new SeededRandom(SEED).bytes(byteLength);
}
