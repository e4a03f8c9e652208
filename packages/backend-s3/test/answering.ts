import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { openS3Store, type S3Store, type S3StoreOptions } from "../src/index.js";

export const WINDOW: number = 64 << 10;

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A store of a server that answers each request by itself. Requests are sent twice at most. */
export async function storeAnswering(
  answer: (request: IncomingMessage, body: string) => Answer,
  { prefix = "", ...options }: S3StoreOptions & { readonly prefix?: string } = {},
): Promise<S3Store> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { status, headers, body } = answer(request, Buffer.concat(chunks).toString("latin1"));
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  const limits = { maxAttempts: 2, partBytes: 5 << 20, readWindowBytes: WINDOW };
  return openS3Store("bucket", prefix, { endpoint, credentials, ...limits, ...options });
}

/** The headers by which S3 marks its answers. */
export const OWN: Readonly<Record<string, string>> = { "x-amz-request-id": "1" };

/** An error as S3 tells it. */
export function errorAnswer(status: number, code: string): Answer {
  return { status, headers: OWN, body: `<?xml version="1.0"?>\n<Error><Code>${code}</Code></Error>` };
}

/** The answers one after the other, the last one again and again. */
export function inTurn(...answers: readonly Answer[]): () => Answer {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] as Answer;
}
