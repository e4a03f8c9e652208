import type { Answer } from "@sluice/core/testing";
import type { Draw } from "../draw.js";
import type { AnswerMutation, MutatedExchange } from "./answer-mutation.js";

const PAGE =
  "<!DOCTYPE html><html><head><title>Log in</title></head><body><p>Welcome to the network.</p></body></html>";

/** Another answer in the place of the service's. */
export function drawWholeAnswer(draw: Draw): AnswerMutation {
  const status = draw.one([200, 200, 200, 201, 202, 204, 206, 301, 403, 404, 404, 412, 416, 502]);
  const body = draw.one(["page", "page", "nothing", "text"] as const);
  const bytes = Buffer.from(body === "page" ? PAGE : body === "text" ? "OK\n" : "");
  const words = `${status} with ${body === "nothing" ? "no body" : `a ${body}`}, and no header of the service`;
  return ({ request }) => ({
    words,
    answer: strangersAnswer(status, request.method === "HEAD" ? new Uint8Array() : bytes, bytes),
  });
}

/** What somebody between client and service answers. */
export function strangersAnswer(status: number, body: Uint8Array, told: Uint8Array = body): Answer {
  return {
    status,
    reason: "Answer",
    headers: [
      ["Date", new Date().toUTCString()],
      ["Content-Type", "text/html"],
      ...(status === 204 ? [] : ([["Content-Length", `${told.byteLength}`]] as const)),
      ...(status === 301 ? ([["Location", "http://127.0.0.1:9/login"]] as const) : []),
    ],
    body: status === 204 ? new Uint8Array() : body,
  };
}

/** The service's answer with another status. */
export function drawStatus(draw: Draw): AnswerMutation {
  const status = draw.one([200, 201, 202, 204, 206, 304, 403, 404, 409, 412, 416, 500, 503]);
  return (exchange) => {
    const { answer, request } = exchange;
    if (answer.status === status) return undefined;
    const isBodyless = status === 204 || status === 304;
    const lie = lieOfStatus(exchange, status);
    return {
      words: `status ${answer.status} became ${status}`,
      answer: { ...answer, status, reason: "Other", ...(isBodyless && request.method !== "HEAD" && { hangUp: true }) },
      ...(lie !== undefined && { lie }),
    };
  };
}

/** An answer to HEAD has no body that could contradict its status. */
function lieOfStatus({ request }: MutatedExchange, status: number): string | undefined {
  if (request.method !== "HEAD" || status !== 404) return undefined;
  return "a HEAD with the service's own headers says 404, and a HEAD can't say more";
}

/** An answer that this client was given before, to another request. */
export function drawEarlier(draw: Draw): AnswerMutation {
  const place = draw.fraction();
  return ({ request, requestClass, answer, earlier }) => {
    const other = earlier[Math.floor(place * earlier.length)];
    if (other === undefined || other.answer.body === answer.body) return undefined;
    const isHead = request.method === "HEAD";
    const words = `the answer to an earlier ${other.request.method} ${other.request.path}`;
    const isAlike = other.requestClass === requestClass || (isHead && other.requestClass === "read");
    // Nothing in the answer to a put tells it from that to a get of an empty object.
    const isEmptyObject = requestClass === "read" && other.answer.status === 200 && other.answer.body.byteLength === 0;
    const isLie = isAlike || isEmptyObject;
    const lie = isLie ? "an answer of the same sort, whole, to another request" : undefined;
    return {
      words,
      answer: isHead ? { ...other.answer, body: new Uint8Array() } : bodied(other.answer, other.request.method),
      ...(lie !== undefined && { lie }),
    };
  };
}

/** HEAD tells a length and sends nothing: for another request that is an answer that is cut. */
function bodied(answer: Answer, method: string): Answer {
  return method === "HEAD" ? { ...answer, hangUp: true } : answer;
}
