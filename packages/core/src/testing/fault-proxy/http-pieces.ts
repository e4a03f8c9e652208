import { ByteReader } from "./byte-reader.js";

/** The first line and the headers of a message. */
export interface MessageHead {
  readonly startLine: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How long a body is, in bytes or by what ends it; an interim response (100 Continue) has none and is no answer yet. */
export type BodyFraming = number | "chunked" | "untilClose" | "interim";

/** What a connection carries, in order. All bytes of all pieces are the connection's bytes. */
export type Piece =
  | { readonly kind: "head"; readonly bytes: Buffer; readonly head: MessageHead }
  | { readonly kind: "body"; readonly bytes: Buffer }
  /** Sizes of chunks, trailers, interim responses: passed on as they are. */
  | { readonly kind: "other"; readonly bytes: Buffer }
  | { readonly kind: "end" };

/** That a connection carries something that is not HTTP/1.1 as this reads it. */
export class FramingError extends Error {}

const MAXIMUM_HEAD_BYTES = 1 << 18;

/** The HTTP/1.1 messages of one direction of a connection; ends where the connection does, also in a message's midst. */
export async function* httpPieces(
  source: AsyncIterable<Buffer>,
  framingOf: (head: MessageHead) => BodyFraming,
): AsyncGenerator<Piece, void, void> {
  const input = new ByteReader(source);
  try {
    yield* messages(input, framingOf);
  } finally {
    await input.close();
  }
}

async function* messages(
  input: ByteReader,
  framingOf: (head: MessageHead) => BodyFraming,
): AsyncGenerator<Piece, void, void> {
  for (;;) {
    const bytes = await input.through("\r\n\r\n", MAXIMUM_HEAD_BYTES, tooLong);
    if (bytes === undefined) return;
    const head = parseHead(bytes);
    const framing = framingOf(head);
    if (framing === "interim") {
      yield { kind: "other", bytes };
      continue;
    }
    yield { kind: "head", bytes, head };
    const whole = framing === "chunked" ? yield* chunkedBody(input) : yield* plainBody(input, framing);
    if (!whole) return;
    yield { kind: "end" };
  }
}

async function* plainBody(input: ByteReader, framing: number | "untilClose"): AsyncGenerator<Piece, boolean, void> {
  let bytesLeft = framing === "untilClose" ? Number.POSITIVE_INFINITY : framing;
  while (bytesLeft > 0) {
    const bytes = await input.some(bytesLeft);
    if (bytes === undefined) return framing === "untilClose";
    bytesLeft -= bytes.byteLength;
    yield { kind: "body", bytes };
  }
  return true;
}

async function* chunkedBody(input: ByteReader): AsyncGenerator<Piece, boolean, void> {
  for (;;) {
    const line = await input.through("\r\n", MAXIMUM_HEAD_BYTES, tooLong);
    if (line === undefined) return false;
    yield { kind: "other", bytes: line };
    const chunkBytes = parseChunkSize(line.toString("latin1"));
    if (chunkBytes === 0) return yield* trailers(input);
    if (!(yield* plainBody(input, chunkBytes))) return false;
    const end = await input.through("\r\n", 2, () => new FramingError("a chunk is longer than its size says"));
    if (end === undefined) return false;
    if (end.byteLength !== 2) throw new FramingError("a chunk is longer than its size says");
    yield { kind: "other", bytes: end };
  }
}

async function* trailers(input: ByteReader): AsyncGenerator<Piece, boolean, void> {
  for (;;) {
    const line = await input.through("\r\n", MAXIMUM_HEAD_BYTES, tooLong);
    if (line === undefined) return false;
    yield { kind: "other", bytes: line };
    if (line.byteLength === 2) return true;
  }
}

function parseChunkSize(line: string): number {
  const [, size] = /^([0-9a-f]{1,13})[ \t]*(?:;.*)?\r\n$/i.exec(line) ?? [];
  if (size === undefined) throw new FramingError("a chunk has no size");
  return Number.parseInt(size, 16);
}

function parseHead(bytes: Buffer): MessageHead {
  const [startLine = "", ...lines] = bytes.toString("latin1").trimEnd().split("\r\n");
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) throw new FramingError("a header has no name");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return { startLine, headers };
}

function tooLong(): Error {
  return new FramingError(`a head or a line is longer than ${MAXIMUM_HEAD_BYTES} bytes`);
}
