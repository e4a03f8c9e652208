import type { RequestHead } from "./records.js";

/** An answer to a request, with its whole body. What is sent is exactly this: its headers may lie about its body. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** In their order, with repeats, the names as they are written. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without the sizes of chunks, which the proxy takes out. */
  readonly body: Uint8Array;
  /** The connection is closed behind the answer, as a client needs it that waits for more of a body. Default false. */
  readonly hangUp?: boolean;
}

/**
 * What becomes of the answer to a request: another one is given in the server's place, which never sees the request, or the
 * server's own one is changed, which the proxy holds in memory for that.
 */
export type AnswerChange = { readonly instead: Answer } | { readonly change: (answer: Answer) => Answer };

/** Says what becomes of the answer to a request, undefined for nothing. It is called once for a request and must not throw. */
export type AnswerDecision = (request: RequestHead) => AnswerChange | undefined;

/** The bytes of an answer. */
export function answerBytes({ status, reason, headers, body }: Answer): Buffer {
  const lines = [`HTTP/1.1 ${status} ${reason}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]);
}

/** The answer that a head and the pieces of a body make; a body in chunks becomes one with a length. */
export function answerOf(head: Buffer, pieces: readonly Buffer[]): Answer {
  const [statusLine = "", ...lines] = head.toString("latin1").trimEnd().split("\r\n");
  const [, status, reason = ""] = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(statusLine) ?? [];
  const body = Buffer.concat(pieces);
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    const isChunked = name.toLowerCase() === "transfer-encoding";
    return isChunked ? (["Content-Length", `${body.byteLength}`] as const) : ([name, value] as const);
  });
  return { status: Number(status), reason, headers, body };
}
