import type { Draw } from "../draw.js";
import { type AnswerMutation, type MutatedExchange, withBody } from "./answer-mutation.js";

/** An element of the answer's XML is removed, repeated, renamed, moved or emptied, or has other text. */
export function drawXml(draw: Draw): AnswerMutation {
  const how = draw.one(["removed", "removed", "repeated", "renamed", "emptied", "other text", "moved"] as const);
  const [place, wanted, text] = [
    draw.fraction(),
    draw.chance(0.5),
    draw.one(["x", "0", "true", "false", "-1", "1e9", "/"]),
  ];
  return (exchange) => {
    const body = Buffer.from(exchange.answer.body).toString();
    const elements = elementsOf(body).filter(({ name }) => !wanted || IMPORTANT.test(name));
    const element = elements[Math.floor(place * elements.length)];
    if (element === undefined) return undefined;
    const changed = change(body, element, how, text);
    if (changed === body) return undefined;
    const lie = lieOfElement(exchange, element, how);
    const what = how === "other text" ? `became ${text}` : how;
    return {
      words: `XML: ${element.name} (${element.inner.slice(0, 60)}) ${what}`,
      answer: withBody(exchange.answer, Buffer.from(changed)),
      ...(lie !== undefined && { lie }),
    };
  };
}

/** The XML's root has another name, or another document stands there. */
export function drawRoot(draw: Draw): AnswerMutation {
  const other = draw.one([
    "<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>",
    "<html><body/></html>",
    "<ListBucketResult/>",
    "<EnumerationResults/>",
    "<DeleteResult/>",
    "<CopyObjectResult/>",
    '<?xml version="1.0"?>',
    "{}",
    "",
  ]);
  return ({ answer, requestClass }) => {
    if (!isXml(answer.body) || requestClass === "read") return undefined;
    return { words: `the XML became ${JSON.stringify(other)}`, answer: withBody(answer, Buffer.from(other)) };
  };
}

interface XmlElement {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly inner: string;
}

type XmlChange = "removed" | "repeated" | "renamed" | "emptied" | "other text" | "moved";

const IMPORTANT =
  /^(IsTruncated|NextContinuationToken|NextMarker|Key|Name|Contents|CommonPrefixes|BlobPrefix|Blob|Blobs|ETag|Size|Content-Length|Deleted|UploadId|Etag|Properties|EncodingType)$/;

function isXml(body: Uint8Array): boolean {
  return body.byteLength > 0 && Buffer.from(body.subarray(0, 200)).toString().trimStart().startsWith("<");
}

/** Every element below the root; none of these documents has one of a name within another of that name. */
function elementsOf(text: string): XmlElement[] {
  if (!text.trimStart().startsWith("<")) return [];
  const elements: XmlElement[] = [];
  for (const match of text.matchAll(/<([A-Za-z][\w:.-]*)(?:\s[^>]*)?(\/?)>/g)) {
    const [tag, name = "", isEmpty] = match;
    const start = match.index;
    const closing = `</${name}>`;
    const close = isEmpty === "/" ? start + tag.length : text.indexOf(closing, start);
    if (close < 0) continue;
    const end = isEmpty === "/" ? close : close + closing.length;
    elements.push({ name, start, end, inner: text.slice(start + tag.length, close) });
  }
  return elements.slice(1);
}

function change(text: string, { name, start, end, inner }: XmlElement, how: XmlChange, other: string): string {
  const [before, element, after] = [text.slice(0, start), text.slice(start, end), text.slice(end)];
  switch (how) {
    case "removed":
      return before + after;
    case "repeated":
      return before + element + element + after;
    case "renamed":
      return `${before}<Other>${inner}</Other>${after}`;
    case "emptied":
      return `${before}<${name}></${name}>${after}`;
    case "other text":
      return /</.test(inner) ? text : `${before}<${name}>${other}</${name}>${after}`;
    case "moved": {
      const close = after.lastIndexOf("</");
      return before + after.slice(0, close) + element + after.slice(close);
    }
  }
}

/**
 * What a listing says is all that a client has: an entry less, or another good name, time or size, is another listing. What
 * contradicts itself, or lacks what every entry and page has, is found.
 */
function lieOfElement({ requestClass }: MutatedExchange, { name }: XmlElement, how: XmlChange): string | undefined {
  if (requestClass !== "list" && requestClass !== "deleteMany") return undefined;
  const isEntry = /^(Contents|CommonPrefixes|BlobPrefix|Blob|Blobs)$/.test(name);
  if (isEntry && (how === "removed" || how === "renamed" || how === "emptied")) return "a listing with an entry less";
  if (how === "other text") return `${name} is told by this text alone`;
  if (name === "EncodingType" && how !== "repeated")
    return "a service that encodes no keys says so by leaving this out";
  if (name === "NextMarker" && how === "emptied") return "an empty NextMarker is how a listing ends";
  return undefined;
}
