import { ObjectStoreError } from "../errors.js";
import type { ResolvedRange } from "../range.js";

/** What a ranged request asked for: bytes from a start to an end, or the last ones. */
export type AskedRange = ResolvedRange | { readonly suffix: number };

/** What the answer to a ranged request says of its body. */
export interface RangeAnswer {
  /** Whether the status is 206. */
  readonly isPartial: boolean;
  readonly contentRange?: string | undefined;
  readonly contentLength?: number | undefined;
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.content-range, without unknown sizes. */
const CONTENT_RANGE = /^\s*bytes\s+(\d+)-(\d+)\/(\d+)\s*$/i;

/**
 * Which bytes an answer brings, and how many the object has. Bytes of a part are believed only as those that were asked for:
 * Unavailable for a `Content-Range` that is missing, can't be read, or contradicts the request or the `Content-Length`.
 * Unsupported for a whole object of unknown length.
 */
export function extentOf(answer: RangeAnswer, asked: AskedRange): ResolvedRange & { readonly size: number } {
  const { isPartial, contentRange, contentLength } = answer;
  if (isPartial || contentRange !== undefined) return partialExtent(answer, asked);
  // A server without ranges sends all of it.
  if (contentLength === undefined) {
    throw new ObjectStoreError("Unsupported", "the server did not say how many bytes it sends");
  }
  if (!Number.isSafeInteger(contentLength) || contentLength < 0)
    throw notBelieved(`Content-Length is ${contentLength}`);
  return { start: 0, end: contentLength, size: contentLength };
}

function partialExtent({ contentRange = "", contentLength }: RangeAnswer, asked: AskedRange) {
  const [, first, last, size] = (CONTENT_RANGE.exec(contentRange) ?? []).map(Number);
  if (first === undefined || last === undefined || size === undefined || !Number.isSafeInteger(size)) {
    throw notBelieved(
      `Content-Range is ${contentRange === "" ? "missing" : JSON.stringify(contentRange.slice(0, 100))}`,
    );
  }
  const end = last + 1;
  const wanted = "suffix" in asked ? { start: Math.max(0, size - asked.suffix), end: size } : asked;
  if (first !== wanted.start || end > wanted.end || end > size || first >= end) {
    throw notBelieved(
      `Content-Range is "${contentRange.trim()}", and bytes ${wanted.start} to ${wanted.end} were asked for`,
    );
  }
  if (contentLength !== undefined && contentLength !== end - first) {
    throw notBelieved(`Content-Length is ${contentLength}, and Content-Range is "${contentRange.trim()}"`);
  }
  return { start: first, end, size };
}

function notBelieved(what: string): ObjectStoreError {
  return new ObjectStoreError("Unavailable", `the answer to a ranged request can't be believed: ${what}`);
}
