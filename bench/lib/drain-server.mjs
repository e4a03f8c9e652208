// A server that speaks just enough of S3, and of Azure Blob, for an upload and throws the bytes away, and sends zeros for a download: the limit
// is then the client. Runs as a process of its own, on a free port of 127.0.0.1, and tells its parent which.
import { createServer, Socket } from "node:net";

const HEADER_END = Buffer.from("\r\n\r\n");
const ZEROS = Buffer.alloc(1 << 20);
/** Every connection reads into the same memory: a server that made new memory for what it throws away would be the limit. */
const READ_BUFFER = Buffer.alloc(256 << 10);

/** How many bytes the parts of each upload had, by its path. */
const uploads = new Map();

const server = createServer({ pauseOnConnect: true }, ({ _handle: handle }) => {
  const callback = (bytes, buffer) => {
    take(buffer.subarray(0, bytes));
    return true;
  };
  const socket = new Socket({ handle, onread: { buffer: READ_BUFFER, callback } });
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  let head = Buffer.alloc(0);
  let bodyLeft = 0;
  let request;
  socket.resume();
  function take(data) {
    let chunk = data;
    while (chunk.byteLength > 0) {
      if (request === undefined) {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf(HEADER_END);
        if (end < 0) return;
        request = parse(head.toString("latin1", 0, end));
        chunk = head.subarray(end + HEADER_END.byteLength);
        head = Buffer.alloc(0);
        bodyLeft = request.contentLength;
        if (request.headers.has("expect")) socket.write("HTTP/1.1 100 Continue\r\n\r\n");
      }
      const taken = Math.min(bodyLeft, chunk.byteLength);
      bodyLeft -= taken;
      chunk = chunk.subarray(taken);
      if (bodyLeft > 0) return;
      answer(socket, request);
      request = undefined;
    }
  }
});

function parse(text) {
  const [line, ...lines] = text.split("\r\n");
  const [method, target] = line.split(" ");
  const headers = new Map(
    lines.map((header) => [
      header.slice(0, header.indexOf(":")).toLowerCase(),
      header.slice(header.indexOf(":") + 1).trim(),
    ]),
  );
  return { method, target, headers, contentLength: Number(headers.get("content-length") ?? 0) };
}

function answer(socket, { method, target, headers, contentLength }) {
  const [path] = target.split("?");
  if (target.includes("partNumber=")) uploads.set(path, (uploads.get(path) ?? 0) + contentLength);
  if (method === "PUT" && headers.has("x-ms-version")) {
    const facts = ['ETag: "0x1"', "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT", "x-ms-request-id: drain"];
    return send(socket, "201 Created", facts, "");
  }
  if (method === "GET" || method === "HEAD") return sendZeros(socket, method, target, headers);
  if (method === "DELETE") return send(socket, "204 No Content", [], "");
  if (method === "POST" && /[?&]uploads/.test(target)) {
    uploads.set(path, 0);
    const [, bucket, key] = /^\/([^/?]+)\/([^?]+)/.exec(target) ?? [];
    const body = `<Bucket>${bucket}</Bucket><Key>${decodeURIComponent(key)}</Key><UploadId>u</UploadId>`;
    return send(socket, "200 OK", [], `<InitiateMultipartUploadResult>${body}</InitiateMultipartUploadResult>`);
  }
  if (method === "POST") {
    return send(
      socket,
      "200 OK",
      [],
      '<CompleteMultipartUploadResult><ETag>"e-1"</ETag></CompleteMultipartUploadResult>',
    );
  }
  const checksum = headers.get("x-amz-checksum-crc32c");
  send(socket, "200 OK", ['ETag: "e"', ...(checksum === undefined ? [] : [`x-amz-checksum-crc32c: ${checksum}`])], "");
}

/** `/drain/<bytes>` is an object of so many zeros. */
function sendZeros(socket, method, target, headers) {
  const uploaded = uploads.get(target.split("?")[0]);
  const size = uploaded ?? Number(/\/(\d+)(\?|$)/.exec(target)?.[1] ?? 0);
  const range = /bytes=(\d+)-(\d*)/.exec(headers.get("range") ?? "");
  const start = range === null ? 0 : Number(range[1]);
  const end = range === null || range[2] === "" ? size : Math.min(size, Number(range[2]) + 1);
  const facts = [
    `ETag: "${uploaded === undefined ? "e" : "e-1"}"`,
    "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT",
    "Accept-Ranges: bytes",
    "Content-Type: application/octet-stream",
  ];
  const status = range === null ? "200 OK" : "206 Partial Content";
  if (range !== null) facts.push(`Content-Range: bytes ${start}-${end - 1}/${size}`);
  socket.write(`HTTP/1.1 ${status}\r\n${facts.join("\r\n")}\r\nContent-Length: ${end - start}\r\n\r\n`);
  if (method === "HEAD") return;
  let left = end - start;
  const sendMore = () => {
    while (left > 0) {
      const piece = left < ZEROS.byteLength ? ZEROS.subarray(0, left) : ZEROS;
      left -= piece.byteLength;
      if (!socket.write(piece) && left > 0) return socket.once("drain", sendMore);
    }
  };
  sendMore();
}

function send(socket, status, headers, body) {
  const lines = [
    `HTTP/1.1 ${status}`,
    ...headers,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Content-Type: application/xml",
    "x-amz-request-id: drain",
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

server.listen(0, "127.0.0.1", () => process.send?.({ port: server.address().port }));
process.on("disconnect", () => process.exit(0));
