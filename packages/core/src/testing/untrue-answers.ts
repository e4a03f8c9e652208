import type { Answer, AnswerDecision } from "./fault-proxy/answer.js";

const PAGE = Buffer.from("<!DOCTYPE html><html><head><title>Log in</title></head><body>Welcome.</body></html>");
const NOTHING = new Uint8Array();

/** Answers of somebody between the client and the service, who never passes the request on. */
export function strangers(): readonly (readonly [string, AnswerDecision])[] {
  return [
    ["a web page and status 200", strangersAnswer(200, PAGE)],
    ["a web page and status 404", strangersAnswer(404, PAGE)],
    ["a web page and status 502", strangersAnswer(502, PAGE)],
    ["an empty 200", strangersAnswer(200, NOTHING)],
    ["an empty 404", strangersAnswer(404, NOTHING)],
  ];
}

function strangersAnswer(status: number, body: Uint8Array): AnswerDecision {
  const headers: Answer["headers"] = [
    ["Content-Type", "text/html"],
    ["Content-Length", `${body.byteLength}`],
  ];
  return ({ method }) => ({ instead: { status, reason: "Answer", headers, body: method === "HEAD" ? NOTHING : body } });
}

/** Changes of a Content-Range after which it can't be that of the bytes; undefined leaves the header out. */
export const CONTENT_RANGES: readonly (readonly [string, (given: string) => string | undefined])[] = [
  ["absent", () => undefined],
  ["without a size", (given) => given.replace(/\/\d+$/, "/*")],
  ["of another spelling", (given) => given.replace("bytes ", "bytes=")],
  [
    "of other bytes",
    (given) => given.replace(/(\d+)-(\d+)/, (_, start, end) => `${Number(start) + 7}-${Number(end) + 7}`),
  ],
  ["that ends before it begins", (given) => given.replace(/(\d+)-(\d+)/, "$2-$1")],
];

/** The answer with its Content-Range changed, where it has one. */
export function withContentRange(change: (given: string) => string | undefined): (answer: Answer) => Answer {
  return (answer) => ({
    ...answer,
    headers: answer.headers.flatMap(([name, value]) => {
      if (name.toLowerCase() !== "content-range") return [[name, value] as const];
      const changed = change(value);
      return changed === undefined ? [] : [[name, changed] as const];
    }),
  });
}

/** The first half of a body, with a length that fits. */
export function halved(answer: Answer): Answer {
  return withBody(answer, cut(answer.body, 0.5));
}

/** The answer with another body, and a length that fits. */
export function withBody(answer: Answer, body: Uint8Array): Answer {
  const headers = answer.headers.filter(([name]) => name.toLowerCase() !== "content-length");
  return { ...answer, body, headers: [...headers, ["Content-Length", `${body.byteLength}`]] };
}

/** The first part of a body. */
export function cut(body: Uint8Array, share: number): Uint8Array {
  return body.subarray(0, Math.floor(body.byteLength * share));
}
