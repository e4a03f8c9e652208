import { type BodyFraming, FramingError, type MessageHead } from "./http-pieces.js";
import type { RequestHead } from "./records.js";

/** The request that a head begins. */
export function requestHead({ startLine, headers }: MessageHead): RequestHead {
  const [, method, path] = /^([^ ]+) ([^ ]+) HTTP\/1\.[01]$/.exec(startLine) ?? [];
  if (method === undefined || path === undefined) throw new FramingError("a request line is not one of HTTP/1.1");
  return { method, path, headers };
}

/** The status of the response that a head begins. */
export function responseStatus({ startLine }: MessageHead): number {
  const [, status] = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(startLine) ?? [];
  if (status === undefined) throw new FramingError("a status line is not one of HTTP/1.1");
  return Number(status);
}

export function requestFraming(head: MessageHead): BodyFraming {
  return declaredFraming(head) ?? 0;
}

/** How long a response is, which depends on the method that it answers. */
export function responseFraming(head: MessageHead, method: string | undefined): BodyFraming {
  const status = responseStatus(head);
  // Whatever follows a switch of protocols passes as it is.
  if (status === 101) return "untilClose";
  if (status < 200) return "interim";
  if (method === "HEAD" || status === 204 || status === 304) return 0;
  return declaredFraming(head) ?? "untilClose";
}

function declaredFraming({ headers }: MessageHead): BodyFraming | undefined {
  const { "transfer-encoding": encoding, "content-length": length } = headers;
  if (encoding !== undefined) {
    if (/(?:^|,)\s*chunked$/i.test(encoding)) return "chunked";
    throw new FramingError("a transfer encoding does not end in chunks");
  }
  if (length === undefined) return undefined;
  if (!/^\d{1,15}$/.test(length)) throw new FramingError("a Content-Length is no number");
  return Number(length);
}
