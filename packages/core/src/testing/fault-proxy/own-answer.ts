import type { ProxiedRequest } from "./records.js";

const SLOW_DOWN =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message><RequestId>";

/** S3's answer to who asks too often. */
export function slowDown(request: ProxiedRequest, close: boolean): string {
  const requestId = `fault-proxy-${request.index}`;
  const body = `${SLOW_DOWN}${requestId}</RequestId></Error>`;
  return answer("503 Slow Down", "application/xml", body, close, [`x-amz-request-id: ${requestId}`], request.method);
}

/** What the proxy says where it cannot go on. */
export function failure(status: "400 Bad Request" | "502 Bad Gateway", reason: string): string {
  return answer(status, "text/plain", `fault proxy: ${reason}\n`, true);
}

function answer(
  status: string,
  contentType: string,
  body: string,
  close: boolean,
  headers: readonly string[] = [],
  method?: string,
): string {
  const lines = [
    `HTTP/1.1 ${status}`,
    `Date: ${new Date().toUTCString()}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(close ? ["Connection: close"] : []),
    ...headers,
  ];
  return `${lines.join("\r\n")}\r\n\r\n${method === "HEAD" ? "" : body}`;
}
