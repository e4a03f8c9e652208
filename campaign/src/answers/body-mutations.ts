import type { Draw } from "../draw.js";
import { type AnswerMutation, type MutatedExchange, withBody } from "./answer-mutation.js";

/** The body is cut, with its length as it was, made to fit or not told at all. */
export function drawCutBody(draw: Draw): AnswerMutation {
  const [place, how] = [draw.fraction(), draw.one(["kept", "fixed", "removed"] as const)];
  return ({ request, answer }) => {
    if (request.method === "HEAD" || answer.body.byteLength === 0) return undefined;
    const body = answer.body.subarray(0, Math.floor(place * answer.body.byteLength));
    const words = `body cut to ${body.byteLength} of ${answer.body.byteLength} bytes, Content-Length ${how}`;
    if (how === "fixed") return { words, answer: withBody(answer, body) };
    const headers = answer.headers.filter(([name]) => how === "kept" || name.toLowerCase() !== "content-length");
    return { words, answer: { ...answer, headers, body, hangUp: true } };
  };
}

/** Bytes of the body are changed, and its length is not. */
export function drawChangedBody(draw: Draw, isChecked: boolean): AnswerMutation {
  const [place, how, bit] = [draw.fraction(), draw.one(["flip", "flip", "zeros"] as const), draw.integer(0, 7)];
  return (exchange) => {
    const { request, answer } = exchange;
    if (request.method === "HEAD" || answer.body.byteLength === 0) return undefined;
    const body = Buffer.from(answer.body);
    const at = Math.floor(place * body.byteLength);
    if (how === "zeros") body.fill(0, at, Math.min(body.byteLength, at + 100));
    else body[at] = (body[at] as number) ^ (1 << bit);
    if (body.equals(answer.body)) return undefined;
    const lie = lieOfBytes(exchange, body, at, isChecked);
    return { words: `body: ${how} at ${at}`, answer: { ...answer, body }, ...(lie !== undefined && { lie }) };
  };
}

/** The length and the chunks of a body disagree, or the chunks with their sizes. */
export function drawChunking(draw: Draw): AnswerMutation {
  const how = draw.one(["sizes too large", "no last chunk", "not in chunks", "both headers", "in chunks"] as const);
  return ({ request, answer }) => {
    if (request.method === "HEAD" || answer.body.byteLength === 0) return undefined;
    const length = answer.body.byteLength;
    const size = (how === "sizes too large" ? length + 5 : length).toString(16);
    const last = how === "no last chunk" ? "" : "0\r\n\r\n";
    const chunked = Buffer.concat([Buffer.from(`${size}\r\n`), answer.body, Buffer.from(`\r\n${last}`)]);
    const headers = answer.headers.filter(
      ([name]) => how === "both headers" || name.toLowerCase() !== "content-length",
    );
    return {
      words: `transfer encoding: ${how}`,
      answer: {
        ...answer,
        headers: [...headers, ["Transfer-Encoding", "chunked"]],
        body: how === "not in chunks" ? answer.body : chunked,
        hangUp: true,
      },
    };
  };
}

/** Text of XML may read well after a change; so may the bytes of an object that nothing is compared with. */
function lieOfBytes(
  { requestClass }: MutatedExchange,
  body: Buffer,
  at: number,
  isChecked: boolean,
): string | undefined {
  if (requestClass === "read") return isChecked ? undefined : "bytes of an object that has no checksum to compare";
  const text = body.toString("latin1");
  const [open, close] = [text.lastIndexOf("<", at), text.lastIndexOf(">", at)];
  return close >= open || text[at] === "<" || text[at] === ">" ? "text between the tags of XML" : undefined;
}
