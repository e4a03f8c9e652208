import type { Draw } from "../draw.js";
import { type AnswerMutation, headerOf, type MutatedExchange, withHeader } from "./answer-mutation.js";

/** One of the answer's headers is left out, sent twice, garbled, or has another good value. */
export function drawHeader(draw: Draw): AnswerMutation {
  const [place, how] = [draw.fraction(), draw.one(["removed", "twice", "garbled", "garbled", "other"] as const)];
  const [garbled, number] = [
    draw.one(["", "x", "-1", "null", "bytes */*", '"', "9".repeat(30), "1e3"]),
    draw.integer(0, 99_999),
  ];
  return (exchange) => {
    const { answer } = exchange;
    const [name, value] = answer.headers[Math.floor(place * answer.headers.length)] ?? [];
    if (name === undefined || value === undefined) return undefined;
    const lower = name.toLowerCase();
    if (how === "removed") return told(exchange, `${name} removed`, lower, undefined);
    // An ETag is whatever the service likes.
    const isGood = lower === "etag" && garbled !== "";
    if (how === "garbled") return told(exchange, `${name} became ${JSON.stringify(garbled)}`, lower, garbled, isGood);
    const other = otherValue(lower, value, number);
    if (how === "other") return told(exchange, `${name} became ${other}`, lower, other, true);
    const headers = [...answer.headers, [name, other] as const];
    const lie = factOf(exchange, lower);
    return {
      words: `${name} also is ${other}`,
      answer: { ...answer, headers, ...hangUpFor(lower) },
      ...(lie && { lie }),
    };
  };
}

/** Content-Range and Content-Length, of which most depends. */
export function drawContentRange(draw: Draw): AnswerMutation {
  const [how, shift] = [draw.integer(0, 9), draw.one([1, 10, 1000, 100_000])];
  return (exchange) => {
    const { answer } = exchange;
    const range = headerOf(answer, "content-range");
    const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range ?? "") ?? [];
    if (range === undefined || start === undefined || end === undefined || size === undefined) return undefined;
    const [first, last, total] = [Number(start), Number(end), Number(size)];
    const others = [
      ...[`bytes ${first}-${last}/*`, `bytes=${first}-${last}/${total}`, `${first}-${last}/${total}`],
      ...[`bytes ${first + shift}-${last + shift}/${total + shift}`, `bytes ${first}-${last}/${last + 1}`],
      ...[`bytes ${first}-${Math.max(first, last - shift)}/${total}`, `bytes ${first}-${last}/${total + shift}`],
      ...[`bytes ${first}-${last + shift}/${total + shift}`, `bytes */${total}`, `bytes ${last}-${first}/${total}`],
    ];
    const other = others[how] as string;
    if (other === range) return undefined;
    const isEnd = other === `bytes ${first}-${last}/${last + 1}`;
    const lie = isEnd ? "the answer is of an object that ends where this part does" : undefined;
    return {
      words: `Content-Range ${range} became ${other}`,
      answer: withHeader(answer, "Content-Range", other),
      ...(lie !== undefined && { lie }),
    };
  };
}

function told(
  { answer, ...rest }: MutatedExchange,
  words: string,
  name: string,
  value: string | undefined,
  isGood = false,
) {
  const lie = isGood ? factOf({ answer, ...rest }, name) : undefined;
  const changed = { ...withHeader(answer, name, value), ...hangUpFor(name) };
  return { words, answer: changed, ...(lie !== undefined && { lie }) };
}

/** Who does not know where a body ends waits for the connection's end. */
function hangUpFor(name: string): { readonly hangUp?: true } {
  return name === "content-length" || name === "transfer-encoding" ? { hangUp: true } : {};
}

/** A fact of HEAD that reads well is believed: no other header tells it. */
function factOf({ requestClass }: MutatedExchange, name: string): string | undefined {
  return requestClass === "head" ? `${name} of a HEAD is told by that header alone` : undefined;
}

function otherValue(name: string, value: string, number: number): string {
  if (name === "content-length") return `${number}`;
  if (name === "last-modified" || name === "date") return new Date(1.7e12 + number * 1000).toUTCString();
  if (name === "etag") return `"${"0".repeat(27)}${String(number).padStart(5, "0")}"`;
  if (name === "content-encoding") return "gzip";
  if (name === "content-type") return "text/html";
  return /^\d+$/.test(value) ? `${number}` : `${value}${number}`;
}
