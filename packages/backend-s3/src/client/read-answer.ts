/** The longest XML that is read: 1,000 keys of 1,024 bytes, url-encoded, are less than 4 MiB. */
const MAX_ANSWER_BYTES = 32 << 20;

/** A character that the SDK would cut to 16 bits. */
const LONG_CHARACTER = /&#(?:x0*([0-9a-f]{5,6})|0*(\d{5,7}));/gi;

/** The body of an answer as text; throws what `refuse` makes of a body that is too long or no UTF-8. */
export async function readAnswerText(body: unknown, refuse: (what: string) => Error): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(body)) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw refuse(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return withLongCharacters(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw refuse("the answer is no UTF-8");
  }
}

async function* chunksOf(body: unknown): AsyncGenerator<Uint8Array, void, void> {
  if (body === undefined || body === null) return;
  if (typeof body === "string") yield Buffer.from(body);
  else if (body instanceof Uint8Array) yield body;
  else yield* body as AsyncIterable<Uint8Array>;
}

function withLongCharacters(text: string): string {
  return text.replace(LONG_CHARACTER, (reference, hex: string | undefined, decimal: string | undefined) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0xffff && code <= 0x10ffff ? String.fromCodePoint(code) : reference;
  });
}
